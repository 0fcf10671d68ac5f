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
  pane("names", 350).setAttribute("aria-hidden", "true");
  const renderer = L.svg({ pane: "ground", padding: 0.5 });
  const options = (className) => ({ pane: "ground", renderer, interactive: false, className });
  const labels = L.layerGroup().addTo(map);

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
    const lines = said.lines.map((steps) => unpacked(steps, said.per_degree));
    const rings = said.regions.flatMap((region) => region.rings.map((walk) => [walked(walk, lines)]));
    L.polygon(rings, options("base-land")).addTo(map);
    ["base-regions", "base-borders", "base-contested"].forEach((name, kind) => {
      L.polyline(lines.filter((_line, at) => said.kinds[at] === kind), options(name)).addTo(map);
    });
    L.polyline(said.disputes.flatMap((dispute) => dispute.lines), options("base-contested")).addTo(map);
    for (const kind of Object.keys(names)) names[kind].push(...said[kind]);
    name();
  };

  const reach = () => {
    const [west, south, east, north] = [map.getBounds().getWest(), map.getBounds().getSouth(), map.getBounds().getEast(), map.getBounds().getNorth()];
    for (const one of waiting.splice(0)) {
      if (one.box[0] > east || one.box[2] < west || one.box[1] > north || one.box[3] < south) waiting.push(one);
      else fetch(one.address).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status))).then(draw, () => waiting.push(one));
    }
  };

  // Names of countries far off, of regions nearer by; one is left out where it would lie over another, or is wider than what it names.
  const name = () => {
    labels.clearLayers();
    const taken = marked().map((one) => ({ x: one.x, y: one.y, half: one.half }));
    const zoom = map.getZoom();
    const put = (said, kind, widest) => {
      const at = map.latLngToContainerPoint(said.at);
      const half = said.name.length * 3.6 + 4;
      const size = map.getSize();
      if (at.x < -half || at.y < 0 || at.x > size.x + half || at.y > size.y || half * 2 > widest) return;
      if (taken.some((other) => Math.abs(other.x - at.x) < other.half + half && Math.abs(other.y - at.y) < 16)) return;
      taken.push({ x: at.x, y: at.y, half });
      const text = document.createElement("bdi");
      text.textContent = said.name;
      L.marker(said.at, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ className: `ground-name ground-name--${kind}`, html: text, iconSize: null }) }).addTo(labels);
    };
    if (zoom >= 7) for (const said of names.disputes) put(said, "dispute", Infinity);
    if (zoom <= 6) for (const said of names.countries) put(said, "country", Infinity);
    else for (const said of names.regions) put(said, "region", (said.wide * 256 * 2 ** zoom) / 360);
  };

  map.on("moveend", reach);
  reach();
  return { name };
};
