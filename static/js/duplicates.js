// [data-compare]: asks for possible duplicates after a change of what they are found by, and as an address or wording is typed or pasted; the answer
// brings the place as read and drawn with it ([data-part]). The key x says of the first candidate without an answer that it is another event.
// The focus stays where it is.
const panel = document.querySelector("[data-compare]"), report = document.getElementById("log-form");
let waiting = 0, asking = null, last = panel?.innerHTML.trim();
const ask = async () => {
  waiting = 0;
  asking?.abort();
  const mine = asking = new AbortController();
  try {
    const answer = await fetch(panel.dataset.compare, { method: "POST", body: new URLSearchParams(new FormData(report)), signal: asking.signal });
    if (!answer.ok) return;
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of told.querySelectorAll("template[data-part]")) {
      const place = document.getElementById(part.dataset.part);
      // What somebody stands in is left alone.
      if (place && !place.contains(document.activeElement)) place.replaceChildren(part.content);
      part.remove();
    }
    const html = told.body.innerHTML.trim();
    if (html !== last && !panel.contains(document.activeElement)) panel.innerHTML = last = html;
  } catch {
    // Abandoned for a newer question, or without a connection: it is asked again on saving.
  } finally {
    if (mine === asking && !waiting) panel.setAttribute("aria-busy", "false");
  }
};
const compare = (wait) => {
  if (!panel?.dataset.compare) return;
  clearTimeout(waiting);
  panel.setAttribute("aria-busy", "true");
  waiting = setTimeout(ask, wait);
};
const found = ["day", "clock", "until", "last_day", "time_precision", "place", "place_precision", "order", "violation_type", "source", "link", "wording", "summary"];
report?.addEventListener("change", (event) => { if (found.includes(event.target.name)) compare(150); });
report?.addEventListener("input", (event) => { if (["link", "wording"].includes(event.target.name)) compare(600); });
// A draft, a copy or a correction names its place already.
if (report?.elements.place.value) compare(0);
report?.addEventListener("submit", () => { clearTimeout(waiting); asking?.abort(); });
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyX" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
  const other = panel?.querySelector("[data-different]:not(:checked)");
  if (!other) return;
  event.preventDefault();
  other.checked = true;
});
