// [data-ground]: the drawing of the place, on the ground that its five numbers say: latitude and longitude of the middle, how much of a degree one
// step down and one to the right are, and how many kilometres it is high. + and - zoom, the arrows move it while it has the focus, the mouse drags
// it. What is there already moves at once; the server draws the rest. A click, or Enter for the middle, puts the coordinates into the box.
const where = document.getElementById("locator"), box = document.getElementById("id_place"), log = document.getElementById("log-form");
const NEAREST = 0.6, FARTHEST = 4000, STEP = 0.25, SLIP = 4;
let drawer = 0, drawing = null, held = null, hasMoved = false, taken = "";

const drawn = () => where.querySelector("[data-ground]");
const ground = (svg) => {
  const [latitude, longitude, down, right, km] = svg.dataset.ground.split(" ").map(Number);
  return { latitude, longitude, down, right, km };
};
const [WIDE, HIGH] = [360, 250];
const look = () => where.querySelector("[data-look]");
const seen = (svg) => {
  const [latitude, longitude, km] = look().value.split(" ").map(Number);
  return look().value ? { latitude, longitude, km } : ground(svg);
};
const redraw = async () => {
  drawing?.abort();
  drawing = new AbortController();
  try {
    const answer = await fetch(log.dataset.drawAt, { method: "POST", body: new URLSearchParams(new FormData(log)), signal: drawing.signal });
    if (!answer.ok) return;
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Only the picture is new: whoever stands on it keeps standing there.
    for (const part of ["svg", "figcaption"]) {
      const fresh = told.querySelector(`.locator ${part}`);
      if (fresh) where.querySelector(`.locator ${part}`)?.replaceWith(fresh);
    }
  } catch { /* Abandoned for the next step, or without a connection: what is drawn stays. */ }
};
const show = (svg, to, wait) => {
  const from = ground(svg), share = to.km / from.km;
  const [x, y] = [WIDE / 2 + (to.longitude - from.longitude) / from.right, HIGH / 2 - (to.latitude - from.latitude) / from.down];
  svg.setAttribute("viewBox", [x - (WIDE * share) / 2, y - (HIGH * share) / 2, WIDE * share, HIGH * share].join(" "));
  look().value = `${to.latitude.toFixed(6)} ${to.longitude.toFixed(6)} ${to.km.toFixed(3)}`;
  clearTimeout(drawer);
  drawer = setTimeout(redraw, wait);
};
const zoom = (times) => {
  const svg = drawn();
  if (!svg) return;
  const from = seen(svg), km = Math.min(FARTHEST, Math.max(NEAREST, from.km * times));
  if (km !== from.km) show(svg, { ...from, km }, 250);
};
const move = (right, up, wait = 250) => {
  const svg = drawn(), from = seen(svg), { down: perDown, right: perRight, km } = ground(svg), share = from.km / km;
  const latitude = Math.max(-84, Math.min(84, from.latitude + up * HIGH * perDown * share));
  const longitude = Math.max(-180, Math.min(180, from.longitude + right * WIDE * perRight * share));
  show(svg, { latitude, longitude, km: from.km }, wait);
};
const take = (latitude, longitude, svg) => {
  // No more decimals than a step on the drawing can tell apart.
  const { down, km } = ground(svg), places = Math.min(5, Math.max(1, Math.ceil(-Math.log10((down * seen(svg).km) / km))));
  const at = [latitude.toFixed(places), longitude.toFixed(places)];
  // Who has moved to the place looks closer; who begins with the whole country is taken nearer.
  const kept = svg.querySelector(".locator-point") && look().value ? `${Number(at[0]).toFixed(6)} ${Number(at[1]).toFixed(6)} ${seen(svg).km.toFixed(3)}` : "";
  taken = at.join(", ");
  box.focus();
  box.select();
  // Typed, not set: what was suggested gives way to it, and the browser can undo it.
  document.execCommand("insertText", false, taken);
  look().value = kept;
  box.dispatchEvent(new Event("change", { bubbles: true }));
};

if (where && box && log) {
  where.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) return zoom(button.dataset.zoom === "in" ? 0.5 : 2);
    const svg = event.target.closest("[data-ground]");
    if (!svg || hasMoved) return;
    const shown = svg.getBoundingClientRect(), from = seen(svg), { down, right, km } = ground(svg), share = from.km / km;
    const x = (event.clientX - shown.x) / shown.width - 0.5, y = (event.clientY - shown.y) / shown.height - 0.5;
    take(from.latitude - y * HIGH * down * share, from.longitude + x * WIDE * right * share, svg);
  });
  where.addEventListener("pointerdown", (event) => {
    hasMoved = false;
    const svg = event.target.closest("[data-ground]");
    // A finger scrolls the page.
    held = svg && event.pointerType === "mouse" && event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y], size = drawn()?.getBoundingClientRect();
    if (!size || (!hasMoved && Math.hypot(x, y) < SLIP)) return;
    hasMoved = true;
    held = { x: event.clientX, y: event.clientY };
    move(-x / size.width, y / size.height, 400);
  });
  addEventListener("pointerup", () => { held = null; });
  // Another place is looked at where it lies.
  for (const kind of ["change", "input"]) box.addEventListener(kind, () => { if (look() && box.value !== taken) look().value = taken = ""; });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !drawn()) return;
    const isHere = event.target.matches(".locator-ground");
    if (!isHere && (document.documentElement.dataset.shortcuts === "off" || event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select"))) return;
    const [right, up] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key] || [0, 0];
    if (event.key === "+" || event.key === "=" || event.code === "NumpadAdd") zoom(0.5);
    else if (event.key === "-" || event.code === "Minus" || event.code === "NumpadSubtract") zoom(2);
    else if (isHere && (right || up)) move(right, up);
    else if (isHere && event.key === "Enter") { const svg = drawn(), { latitude, longitude } = seen(svg); take(latitude, longitude, svg); }
    else return;
    event.preventDefault();
  });
}
