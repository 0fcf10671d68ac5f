// [data-save-keys]: Ctrl+Enter presses [data-save=next], Ctrl+Shift+Enter [data-save=copy]. [data-focus-first] takes the focus: what went wrong is read first.
for (const form of document.querySelectorAll("[data-save-keys]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(`[data-save=${event.shiftKey ? "copy" : "next"}]`));
  });
  const first = form.querySelector("[data-focus-first]") || form.querySelector("textarea");
  first?.focus();
  // What was copied gives way to what is pasted.
  if (form.dataset.copied !== undefined) first.select?.();
}
