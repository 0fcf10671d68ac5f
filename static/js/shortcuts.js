// [data-key]: the physical key (so that it holds under an Arabic layout) that focuses a field or follows a link; [data-keys]: two of them,
// one after the other. Escape leaves a field; keys typed into fields, or with a modifier, stay what they are.
const typing = (element) => element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
const WAIT = 1500;
let before = { code: "", at: 0 };
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.shiftKey && event.code !== "Slash" && event.key !== "?") return;
  const both = event.timeStamp - before.at < WAIT ? `${before.code} ${event.code}` : "";
  before = { code: event.code, at: event.timeStamp };
  const code = event.shiftKey ? "Shift+Slash" : event.code;
  const wanted = (both && document.querySelector(`[data-keys="${CSS.escape(both)}"]`)) || document.querySelector(`[data-key="${CSS.escape(code)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input, textarea, select")) wanted.focus();
  else wanted.click();
});
