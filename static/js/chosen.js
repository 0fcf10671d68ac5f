// [data-chosen=NAME] is a form for the checkboxes of that name: its [data-count] says how many are ticked; [data-choose-all] ticks all of them.
for (const form of document.querySelectorAll("[data-chosen]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(form.dataset.chosen)}"]`)];
  const all = document.querySelector("[data-choose-all]");
  const count = () => {
    const number = boxes.filter((box) => box.checked).length;
    form.querySelector("[data-count]").textContent = number || "";
    if (!all) return;
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  };
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      count();
    });
  }
  document.addEventListener("change", (event) => boxes.includes(event.target) && count());
  form.addEventListener("reset", () => setTimeout(count));
  count();
}
