// [data-map]: the map in place of its picture. Its window is asked of the server whenever it has moved, and the list beside it is the answer.
(() => {
  const frame = document.querySelector("[data-map]");
  if (!frame || !window.L) return;
  const canvas = frame.querySelector(".map-canvas");
  const found = frame.querySelector("[data-map-found]");
  const said = frame.querySelector("[data-map-said]");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  canvas.hidden = false;
  canvas.tabIndex = 0;

  const map = L.map(canvas, { keyboard: false, zoomControl: false, attributionControl: Boolean(frame.dataset.tilesBy), minZoom: 1, maxZoom: 18, worldCopyJump: true, zoomAnimation: !still, fadeAnimation: !still });
  L.control.zoom({ zoomInTitle: frame.dataset.wordNearer, zoomOutTitle: frame.dataset.wordFarther, position: matchMedia("(max-width: 900px)").matches ? "bottomleft" : "topleft" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  if (frame.dataset.tiles) {
    const by = document.createElement("bdi");
    by.textContent = frame.dataset.tilesBy || "";
    L.tileLayer(frame.dataset.tiles, { attribution: by.outerHTML, maxZoom: 18 }).addTo(map);
    map.attributionControl?.setPrefix(false);
  }

  const [west, south, east, north] = (frame.dataset.window || "-20,-35,60,60").split(",").map(Number);
  const window_ = [[south, west], [north, east < west ? east + 360 : east]];
  if ("asked" in frame.dataset) map.setView(L.latLngBounds(window_).getCenter(), Number(frame.dataset.zoom));
  else map.fitBounds(window_, { padding: [30, 30], animate: false });
  const marks = mapMarks(map, frame);
  const ground = mapGround(map, frame, marks.taken);
  const draw = () => {
    marks.draw();
    ground.name();
  };
  draw();

  const turned = (longitude) => ((((longitude + 180) % 360) + 360) % 360) - 180;
  const box = () => {
    const bounds = map.getBounds();
    const isWorld = bounds.getEast() - bounds.getWest() >= 360;
    const edges = isWorld ? [-180, 180] : [turned(bounds.getWest()), turned(bounds.getEast())];
    return [edges[0], Math.max(bounds.getSouth(), -90), edges[1], Math.min(bounds.getNorth(), 90)].map((at) => at.toFixed(6)).join(",");
  };

  // What is in view stands in the address, in the filter bar and in the way to the table, so that each of them goes on with it.
  const remember = (at, zoom) => {
    const here = new URL(location.href);
    here.searchParams.set("box", at);
    here.searchParams.set("zoom", zoom);
    history.replaceState(null, "", here);
    const form = document.querySelector("form.filters");
    for (const [name, value] of [["box", at], ["zoom", zoom]]) {
      const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
      field.value = value;
    }
    const table = document.querySelector("[data-map-list]");
    const address = new URL(table.href);
    address.searchParams.set("box", at);
    table.href = address;
  };

  let asking = null;
  const ask = () => {
    asking?.abort();
    asking = new AbortController();
    found.setAttribute("aria-busy", "true");
    const at = box();
    const address = new URL(frame.dataset.marksAt, location.href);
    address.searchParams.set("box", at);
    address.searchParams.set("zoom", map.getZoom());
    fetch(address, { signal: asking.signal }).then(async (answer) => {
      if (answer.redirected) return location.reload();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      found.replaceChildren(...page.body.childNodes);
      said.textContent = found.querySelector(".map-sum p, [role=alert]")?.textContent.trim() ?? "";
      draw();
      found.removeAttribute("aria-busy");
    }).catch((error) => {
      if (error.name === "AbortError") return;
      said.textContent = frame.dataset.wordFailed;
      found.removeAttribute("aria-busy");
    });
    remember(at, map.getZoom());
  };
  let soon = 0;
  map.on("moveend", () => {
    draw();
    clearTimeout(soon);
    soon = setTimeout(ask, 120);
  });
  map.on("zoomstart", () => map.closePopup());
  if (map.getZoom() !== Number(frame.dataset.zoom) || "asked" in frame.dataset) ask();

  const STEP = 90;
  const ways = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" ? !marks.close() : false) return;
    const isIn = event.key === "+" || event.key === "=" || event.code === "Equal" || event.code === "NumpadAdd";
    const isOut = event.key === "-" || event.code === "Minus" || event.code === "NumpadSubtract";
    if (ways[event.key]) map.panBy(ways[event.key], { animate: !still });
    else if (isIn) map.zoomIn();
    else if (isOut) map.zoomOut();
    else if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
  });
  frame.addEventListener("click", (event) => {
    const nearer = event.target.closest("[data-nearer]");
    if (!nearer || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const [w, s, e, n] = nearer.dataset.nearer.split(",").map(Number);
    map.closePopup();
    const closer = map.getZoom() + 1;
    const fit = Math.min(map.getBoundsZoom([[s, w], [n, e]], false, L.point(60, 60)), 18);
    map.setView([(s + n) / 2, (w + e) / 2], Math.max(fit, closer));
    canvas.focus({ preventScroll: true });
  });
  for (const row of frame.querySelectorAll("[data-way]")) {
    const points = row.dataset.way.split(" ").map((point) => point.split(",").map(Number));
    const style = { className: `map-way map-way--${row.dataset.look}`, interactive: false };
    L.polyline(points, style).addTo(map);
    for (const point of points) L.circleMarker(point, { radius: 4, className: "map-stop", interactive: false }).addTo(map);
  }
  addEventListener("beforeprint", () => map.invalidateSize({ animate: false }));
})();
