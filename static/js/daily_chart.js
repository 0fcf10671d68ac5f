// [data-chart]: opens on the latest day; arrow keys go from day to day and the day is read out.
for (const chart of document.querySelectorAll("[data-chart]")) {
  const scroll = chart.querySelector("[data-chart-scroll]");
  const speech = chart.querySelector("[data-chart-speech]");
  const days = [...chart.querySelectorAll("[data-day]")];
  const rtl = getComputedStyle(chart).direction === "rtl";
  let at = -1;
  scroll.scrollLeft = rtl ? -scroll.scrollWidth : scroll.scrollWidth;
  const go = (to) => {
    days[at]?.classList.remove("here");
    at = Math.max(0, Math.min(days.length - 1, to));
    days[at].classList.add("here");
    speech.textContent = days[at].querySelector("title").textContent;
    const box = days[at].getBoundingClientRect(), frame = scroll.getBoundingClientRect();
    if (box.left < frame.left) scroll.scrollLeft += box.left - frame.left - 8;
    if (box.right > frame.right) scroll.scrollLeft += box.right - frame.right + 8;
  };
  scroll.addEventListener("keydown", (event) => {
    const forward = rtl ? "ArrowLeft" : "ArrowRight", back = rtl ? "ArrowRight" : "ArrowLeft";
    const to = { [forward]: at + 1, [back]: at < 0 ? days.length - 1 : at - 1, Home: 0, End: days.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(to);
  });
}
