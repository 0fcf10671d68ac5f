// [data-names]: a box that lists the names that fit, in any script and spelling (ARIA 1.2 combobox). Around a select it must be one of its options;
// in a text field the list only helps. What the page knows is listed at once, what the server knows of other spellings after it.
const place = (box, list) => { box.parentElement.classList.add("combo"); box.after(list); };
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
let count = 0;

for (const field of document.querySelectorAll("[data-names]")) {
  const isChoice = field.matches("select"), box = isChoice ? document.createElement("input") : field, list = document.createElement("ul");
  const known = isChoice ? [...field.options].filter((one) => one.value).map((one) => ({ value: one.value, label: one.textContent })) : [];
  let options = [], active = -1, timer = 0, turn = 0;
  list.id = `names-${++count}`;
  list.className = "combo-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`)?.textContent || "");
  list.hidden = true;
  if (isChoice) {
    box.className = "input";
    box.dir = "auto";
    box.id = field.id;
    field.removeAttribute("id");
    for (const name of ["aria-invalid", "aria-describedby"]) if (field.getAttribute(name)) box.setAttribute(name, field.getAttribute(name));
    field.hidden = true;
    field.after(box);
  }
  place(box, list);
  box.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) box.setAttribute(name, value);

  const chosen = () => known.find((one) => one.value === field.value);
  const shut = () => { clearTimeout(timer); turn++; list.hidden = true; active = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const point = (to) => {
    active = options.length ? (to + options.length) % options.length : -1;
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === active)));
    if (active < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    options = found;
    list.replaceChildren(...options.map((one, index) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${index}`;
      row.setAttribute("role", "option");
      for (const [css, text] of [["combo-label", one.label], ["combo-other", one.other], ["combo-detail", one.detail]]) {
        if (!text) continue;
        const part = document.createElement("bdi");
        part.className = css;
        part.textContent = text;
        row.append(part, " ");
      }
      return row;
    }));
    list.hidden = !options.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    point(isChoice && options.length ? 0 : -1);
    if (!isChoice) point(-1), active = -1, [...list.children].forEach((row) => row.setAttribute("aria-selected", "false")), box.removeAttribute("aria-activedescendant");
  };
  const take = (one) => {
    const isTwice = options.filter((other) => other.label === one.label).length > 1;
    if (isChoice) { field.value = one.value; box.value = one.label; box.removeAttribute("aria-invalid"); }
    else box.value = isTwice ? one.value : one.label;
    shut();
    if (isChoice) field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const look = async () => {
    const typed = box.value.trim(), mine = ++turn;
    if (!typed) return isChoice ? show(known) : shut();
    const near = known.filter((one) => folded(one.label).includes(folded(typed)));
    if (isChoice) { near.sort((a, b) => folded(b.label).startsWith(folded(typed)) - folded(a.label).startsWith(folded(typed))); show(near); }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        const address = `${field.form.dataset.namesAt}?${new URLSearchParams({ kind: field.dataset.names, text: typed })}`;
        const told = await (await fetch(address, { headers: { Accept: "application/json" } })).json();
        if (mine !== turn || document.activeElement !== box) return;
        const also = told.names.filter((one) => !isChoice || known.some((other) => other.value === one.value)).filter((one) => !near.some((other) => other.value === one.value));
        if (also.length || !isChoice) show([...near, ...also]);
      } catch { /* Without a connection only what the page knows is listed. */ }
    }, 120);
  };
  box.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    if (isChoice) field.value = "";
    look();
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) look(); else point(active < 0 && step < 0 ? options.length - 1 : active + step);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      shut();
    } else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && active >= 0) {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
      take(options[active]);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
  box.addEventListener("blur", () => {
    const same = isChoice && !field.value && known.find((one) => folded(one.label) === folded(box.value));
    if (same) take(same);
    if (isChoice && box.value.trim() && !field.value) box.setAttribute("aria-invalid", "true");
    shut();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) take(options[[...list.children].indexOf(row)]);
  });
  if (isChoice) {
    box.value = chosen()?.label || "";
    field.addEventListener("change", (event) => { if (!event.isTrusted && document.activeElement !== box) box.value = chosen()?.label || box.value; });
  }
}
