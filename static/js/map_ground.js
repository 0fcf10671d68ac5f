// The land under the map. Extracts are fetched when the window first reaches them; names are drawn where there is room for them.
const mapGround = (map, frame, marked) => {
  const waiting = [...frame.querySelectorAll("[data-ground]")].map((one) => ({ address: one.dataset.ground, box: one.dataset.box.split(",").map(Number) }));
  const names = { regions: [], countries: [], disputes: [] };
  const pane = (name, order) => {
    const made = map.createPane(name);
    made.style.zIndex = order;
    made.style.pointerEvents = "none";
    return made;
  };
  pane("ground", 250);
  pane("grid", 260);
  pane("names", 350).setAttribute("aria-hidden", "true");
  const grid = L.layerGroup().addTo(map);
  const renderer = L.svg({ pane: "ground", padding: 0.5 });
  const options = (className) => ({ pane: "ground", renderer, interactive: false, className });
  const labels = L.layerGroup().addTo(map);

  // Numbers come as signs (`outlines.written`): the first sixty end a number, the other thirty say that more of it follows.
  const read = (signs) => {
    const numbers = [];
    let [rest, weight] = [0, 1];
    for (const sign of signs) {
      const code = sign.charCodeAt(0);
      const value = code - (code > 92 ? 36 : 35);
      rest += (value < 60 ? value : value - 60) * weight;
      weight *= 30;
      if (value >= 60) continue;
      numbers.push(rest % 2 ? -(rest + 1) / 2 : rest / 2);
      [rest, weight] = [0, 1];
    }
    return numbers;
  };
  const unpacked = (steps, perDegree) => {
    let x = 0;
    let y = 0;
    const points = [];
    for (let at = 0; at < steps.length; at += 2) {
      x += steps[at];
      y += steps[at + 1];
      points.push([y / perDegree, x / perDegree]);
    }
    return points;
  };
  const walked = (walk, lines) => walk.flatMap((number) => (number > 0 ? lines[number - 1] : [...lines[-number - 1]].reverse()));

  const draw = (said) => {
    const lines = said.lines.map((signs) => unpacked(read(signs), said.per_degree));
    const regions = said.regions.map(([code, name, ...walks]) => ({ code, name, rings: walks.map((walk) => walked(read(walk), lines)) }));
    L.polygon(regions.flatMap((region) => region.rings.map((ring) => [ring])), options("base-land")).addTo(map);
    ["base-regions", "base-borders", "base-contested"].forEach((name, kind) => {
      L.polyline(lines.filter((_line, at) => said.kinds[at] === `${kind}`), options(name)).addTo(map);
    });
    L.polyline(said.disputes.flatMap((dispute) => dispute.lines), options("base-contested")).addTo(map);
    names.disputes.push(...said.disputes);
    named(regions.filter((region) => region.rings.length), said.countries);
    name();
  };

  // A region's name stands in the middle of its largest part, that of a country in its largest region.
  const measured = (ring) => {
    let [area, y, x] = [0, 0, 0];
    ring.forEach(([fromY, fromX], index) => {
      const [toY, toX] = ring[(index + 1) % ring.length];
      const cross = fromX * toY - toX * fromY;
      area += cross / 2;
      y += (fromY + toY) * cross;
      x += (fromX + toX) * cross;
    });
    const across = ring.map((point) => point[1]);
    return { area: Math.abs(area), at: [y / 6 / area, x / 6 / area], wide: Math.max(...across) - Math.min(...across) };
  };
  const largest = (many) => many.reduce((one, other) => (other.area > one.area ? other : one));
  const named = (regions, countries) => {
    const parts = regions.map(({ code, name, rings }) => ({ code, name, ...largest(rings.map(measured)) }));
    names.regions.push(...parts);
    for (const [code, name] of Object.entries(countries)) {
      const its = parts.filter((part) => part.code === code);
      if (its.length) names.countries.push({ name, at: largest(its).at });
    }
  };

  const reach = () => {
    const [west, south, east, north] = [map.getBounds().getWest(), map.getBounds().getSouth(), map.getBounds().getEast(), map.getBounds().getNorth()];
    for (const one of waiting.splice(0)) {
      if (one.box[0] > east || one.box[2] < west || one.box[1] > north || one.box[3] < south) waiting.push(one);
      else fetch(one.address).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status))).then(draw, () => waiting.push(one));
    }
  };

  // Names of countries far off, of regions nearer by; one is left out where it would lie over another or over the buttons, would be cut at
  // the edge, or is wider than what it names.
  const buttons = () => {
    const box = map.getContainer().querySelector(".leaflet-control-zoom");
    const [top, left] = [box.offsetTop + box.parentNode.offsetTop, box.offsetLeft + box.parentNode.offsetLeft];
    return [0.2, 0.5, 0.8].map((part) => ({ x: left + box.offsetWidth / 2, y: top + part * box.offsetHeight, half: box.offsetWidth / 2 }));
  };
  const name = () => {
    labels.clearLayers();
    const taken = [...buttons(), ...marked().map((one) => ({ x: one.x, y: one.y, half: one.half }))];
    const zoom = map.getZoom();
    const put = (said, kind, widest) => {
      const at = map.latLngToContainerPoint(said.at);
      const half = said.name.length * 3.6 + 4;
      const size = map.getSize();
      if (at.x < half || at.y < 8 || at.x > size.x - half || at.y > size.y - 8 || half * 2 > widest) return;
      if (taken.some((other) => Math.abs(other.x - at.x) < other.half + half && Math.abs(other.y - at.y) < 16)) return;
      taken.push({ x: at.x, y: at.y, half });
      const text = document.createElement("bdi");
      text.textContent = said.name;
      L.marker(said.at, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ className: `ground-name ground-name--${kind}`, html: text, iconSize: null }) }).addTo(labels);
    };
    if (zoom >= 7) for (const said of names.disputes) put(said, "dispute", Infinity);
    if (zoom >= 9) for (const one of frame.querySelectorAll("[data-named]")) put({ name: one.dataset.named, at: one.dataset.place.split(",").map(Number) }, "place", Infinity);
    if (zoom <= 6) for (const said of names.countries) put(said, "country", Infinity);
    else for (const said of names.regions) put(said, "region", (said.wide * 256 * 2 ** zoom) / 360);
  };

  // From nearby, a grid of coordinates.
  const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
  const rule = () => {
    grid.clearLayers();
    if (map.getZoom() < 9) return;
    const bounds = map.getBounds();
    const step = STEPS.find((one) => (one * 256 * 2 ** map.getZoom()) / 360 >= 110) || 0.5;
    const digits = step < 0.01 ? 3 : 2;
    const line = (points, at, letters, value) => {
      L.polyline(points, { pane: "grid", interactive: false, className: "base-grid" }).addTo(grid);
      const text = document.createElement("bdi");
      text.textContent = `${Math.abs(value).toFixed(digits)}° ${letters[value < 0 ? 1 : 0]}`;
      L.marker(at, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ className: "grid-name", html: text, iconSize: null }) }).addTo(grid);
    };
    const [south, north, west, east] = [bounds.getSouth(), bounds.getNorth(), bounds.getWest(), bounds.getEast()];
    for (let at = Math.ceil(west / step) * step; at <= east; at += step) line([[south, at], [north, at]], [north, at], "EW", at);
    for (let at = Math.ceil(south / step) * step; at <= north; at += step) line([[at, west], [at, east]], [at, east], "NS", at);
  };

  map.on("moveend", () => {
    reach();
    rule();
  });
  rule();
  reach();
  return { name };
};
