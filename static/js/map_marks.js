// The marks of the map, drawn from the list beside it: a half-disc on the left for side A, on the right for side B, a ring for everybody
// else, each with its number; around a single report a dashed circle as wide as it knows its place.
const mapMarks = (map, frame) => {
  const SVG = "http://www.w3.org/2000/svg";
  const LEAST = 28;
  const marks = L.layerGroup().addTo(map);
  const circles = L.layerGroup().addTo(map);
  const popup = L.popup({ className: "map-popup", minWidth: 200, maxWidth: 290, maxHeight: 300, autoPanPadding: [16, 16], closeOnEscapeKey: false });
  const list = () => [...frame.querySelectorAll("[data-at]")];
  let opened = "";
  let boxes = [];

  const part = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const number = (text, className) => {
    const made = document.createElement("span");
    made.className = `mark-number ${className}`;
    made.textContent = text;
    return made;
  };

  const drawn = (row) => {
    const { left, right, ring } = Object.fromEntries(["left", "right", "ring"].map((name) => [name, Number(row.dataset[name])]));
    const size = Math.max(LEAST, 2 * Math.max(left, right, ring) + 4);
    const half = size / 2;
    const disc = part("svg", { width: size, height: size, viewBox: `${-half} ${-half} ${size} ${size}`, "aria-hidden": "true" });
    if (ring) disc.append(part("circle", { class: "disc-ring", r: ring }));
    if (left) disc.append(part("path", { class: "disc side-a", d: `M0 ${-left}A${left} ${left} 0 0 0 0 ${left}Z` }));
    if (right) disc.append(part("path", { class: "disc side-b", d: `M0 ${-right}A${right} ${right} 0 0 1 0 ${right}Z` }));
    const made = document.createElement("span");
    made.className = "mark-drawn";
    made.append(disc);
    if (row.dataset.here) {
      for (const count of row.querySelectorAll("[data-side]")) {
        const side = count.dataset.side;
        made.append(number(count.lastChild.textContent.trim(), side === "a" ? "mark-number--left side-a" : side === "b" ? "mark-number--right side-b" : "mark-number--under"));
      }
    }
    return { made, size, reach: Math.max(left, right, ring, 6) };
  };

  // The names of what is marked, the largest first, where they lie over nothing else.
  const named = (row, at, reach, taken, own) => {
    const text = row.dataset.place;
    if (!text) return null;
    const box = { x: at.x, y: at.y - reach - 9, half: text.length * 3.9 + 3 };
    const hits = (other, index) => index !== own && Math.abs(other.x - box.x) < other.half + box.half && Math.abs(other.y - box.y) < (other.high || 8) + 8;
    if (taken.some(hits)) return null;
    taken.push(box);
    const made = document.createElement("span");
    made.className = "mark-name";
    made.appendChild(document.createElement("bdi")).textContent = text;
    return made;
  };

  const draw = () => {
    const focused = document.activeElement?.dataset?.mark;
    marks.clearLayers();
    circles.clearLayers();
    const rows = list();
    const looks = rows.map(drawn);
    const places = rows.map((row) => map.latLngToContainerPoint(row.dataset.at.split(",").map(Number)));
    const taken = places.map((at, index) => ({ x: at.x, y: at.y, half: looks[index].reach + 14, high: looks[index].reach }));
    rows.forEach((row, index) => {
      const at = row.dataset.at.split(",").map(Number);
      const { made, size, reach } = looks[index];
      const name = named(row, places[index], reach, taken, index);
      if (name) {
        name.style.setProperty("--reach", `${reach}px`);
        made.append(name);
      }
      if (row.dataset.metres) L.circle(at, { radius: Number(row.dataset.metres), className: "disc-within", interactive: false }).addTo(circles);
      const marker = L.marker(at, { icon: L.divIcon({ className: `map-mark${"vague" in row.dataset ? " map-mark--vague" : ""}`, html: made, iconSize: [size, size] }), autoPanOnFocus: false });
      marker.on("click", () => open(row, at)).addTo(marks);
      const element = marker.getElement();
      element.dataset.mark = row.dataset.at;
      element.setAttribute("aria-label", row.dataset.label);
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        open(row, at);
      });
      if (focused === row.dataset.at) element.focus({ preventScroll: true });
    });
    boxes = taken;
    if (focused && document.activeElement === document.body) map.getContainer().focus({ preventScroll: true });
  };

  const open = (row, at) => {
    const content = document.createElement("div");
    content.dir = document.documentElement.dir;
    content.append(...[...row.childNodes].map((node) => node.cloneNode(true)));
    opened = row.dataset.at;
    popup.setLatLng(at).setContent(content).openOn(map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", frame.dataset.wordClose);
    popup.getElement().setAttribute("role", "dialog");
    popup.getElement().setAttribute("aria-label", row.dataset.label);
    content.querySelector("a")?.focus({ preventScroll: true });
    if (!row.dataset.here) return;
    fetch(row.dataset.here).then((answer) => (answer.ok && !answer.redirected ? answer.text() : "")).then((text) => {
      const found = new DOMParser().parseFromString(text, "text/html").body;
      content.append(...found.childNodes);
      // An update takes the content out and puts it back, and the focus with it.
      const active = document.activeElement;
      popup.update();
      if (content.contains(active)) active.focus({ preventScroll: true });
    }, () => {});
  };

  const close = () => {
    if (!map.hasLayer(popup)) return false;
    const from = opened;
    map.closePopup(popup);
    (map.getContainer().querySelector(`[data-mark="${CSS.escape(from)}"]`) || map.getContainer()).focus({ preventScroll: true });
    return true;
  };

  return { draw, close, taken: () => boxes };
};
