// [data-brush=FORM]: days of a chart chosen by dragging over them, or by Shift and the arrow keys, go into the fields "from" and "until" of the form;
// letting go, or Enter, asks for them. Which day has the keyboard, daily_chart.js says.
for (const chart of document.querySelectorAll("[data-brush]")) {
  const form = document.querySelector(chart.dataset.brush);
  const days = [...chart.querySelectorAll("[data-day]")];
  let from = -1, until = -1, last = -1, isHeld = false;
  const show = () => days.forEach((day, at) => day.classList.toggle("chosen", from >= 0 && at >= Math.min(from, until) && at <= Math.max(from, until)));
  const ask = () => {
    form.elements.from.value = days[Math.min(from, until)].dataset.day;
    form.elements.until.value = days[Math.max(from, until)].dataset.day;
    form.requestSubmit();
  };
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !days.includes(event.target)) return;
    event.preventDefault();
    isHeld = true;
    from = until = days.indexOf(event.target);
  });
  chart.addEventListener("pointermove", (event) => {
    const at = isHeld ? days.indexOf(event.target) : -1;
    if (at < 0) return;
    until = at;
    show();
  });
  addEventListener("pointerup", () => {
    if (isHeld && from !== until) ask();
    isHeld = false;
  });
  chart.addEventListener("keydown", (event) => {
    const here = days.findIndex((day) => day.classList.contains("here"));
    if (event.key === "Enter" && from >= 0) return ask();
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
      if (!event.shiftKey) from = -1;
      else if (from < 0) from = last < 0 ? here : last;
      until = here;
      show();
    }
    last = here;
  });
}
