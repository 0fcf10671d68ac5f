// [data-compare]: asks for possible duplicates after a change of what they are found by, and as an address or wording is typed or pasted.
// The key x says of the first candidate without an answer that it is another event. The focus stays where it is.
const panel = document.querySelector("[data-compare]"), report = document.getElementById("log-form");
let waiting = 0;
const compare = (wait) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => panel.dispatchEvent(new CustomEvent("compare")), wait);
};
const found = ["day", "clock", "until", "last_day", "time_precision", "place", "place_precision", "order", "violation_type", "source", "link", "wording", "summary"];
report?.addEventListener("change", (event) => { if (found.includes(event.target.name)) compare(150); });
report?.addEventListener("input", (event) => { if (["link", "wording"].includes(event.target.name)) compare(600); });
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyX" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
  const other = panel?.querySelector("[data-different]:not(:checked)");
  if (!other) return;
  event.preventDefault();
  other.checked = true;
});
