// [data-choice]: one key chooses a radio button, wherever the focus is outside a field.
document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=radio]), textarea, select")) return;
  const choice = document.querySelector(`[data-choice="${CSS.escape(event.code.replace("Numpad", "Digit"))}"]`);
  if (!choice) return;
  event.preventDefault();
  // Clicked, not set: what was suggested gives way to it, and it is kept with the draft.
  choice.click();
  choice.focus();
});
