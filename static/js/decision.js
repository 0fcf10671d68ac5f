// [data-decision]: the physical keys 1 to 7 choose a finding ([data-digit]); Ctrl+Enter presses [data-record]. Keys typed into a field stay what they are.
for (const form of document.querySelectorAll("[data-decision]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-record]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.documentElement.dataset.shortcuts === "off") return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    const choice = form.querySelector(`[data-digit="${CSS.escape(event.code.replace("Numpad", "Digit"))}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    choice.focus();
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
