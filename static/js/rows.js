// [data-row]: the physical keys j and k go to the next and the previous row, to its link (.ref), which Enter opens; x chooses the row, if it can be chosen.
const isTyped = (element) => element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.shortcuts === "off" || event.isComposing || isTyped(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !["KeyJ", "KeyK", "KeyX"].includes(event.code)) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (event.code === "KeyX") {
    rows[at]?.querySelector("input[type=checkbox]")?.click();
    return;
  }
  const next = event.code === "KeyJ" ? rows[at + 1] : rows[at < 0 ? rows.length - 1 : at - 1];
  if (!next) return;
  event.preventDefault();
  next.querySelector(".ref").focus();
  next.scrollIntoView({ block: "nearest" });
});
