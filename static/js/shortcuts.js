// [data-key]: the physical key (so that it holds under an Arabic layout) that focuses a field or follows a link.
// Escape leaves a field; keys typed into fields, or with a modifier, stay what they are.
const typing = (element) => element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing || typing(event.target)) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.code)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input, textarea, select")) wanted.focus();
  else wanted.click();
});
