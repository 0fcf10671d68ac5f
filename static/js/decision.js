// [data-decision]: the physical keys 1 to 7 choose a finding ([data-digit]), 8 and 9 go to what is done instead ([data-go]): there the field
// [data-pick] is chosen or waits for words. Ctrl+Enter presses [data-record]. Keys typed into a field stay what they are.
function go(link) {
  const field = document.querySelector(link.dataset.pick);
  if (!field) return;
  field.closest("details")?.setAttribute("open", "");
  if (field.type === "radio") field.checked = true;
  field.focus();
  field.scrollIntoView({ block: "center" });
}
for (const link of document.querySelectorAll("[data-go]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(link);
  });
}
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
    if (!choice) {
      const link = form.querySelector(`[data-go="${CSS.escape(event.code.replace("Numpad", "Digit"))}"]`);
      if (link) event.preventDefault();
      if (link) go(link);
      return;
    }
    event.preventDefault();
    choice.checked = true;
    choice.focus();
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
