// [data-read]: what is pasted is read on the server. Suggestions fill fields that nobody touched, and say so until somebody does; saving accepts them.
for (const form of document.querySelectorAll("[data-read]")) {
  const text = form.elements.wording, marks = document.getElementById("marks"), offers = document.getElementById("offers");
  const number = document.getElementById("suggested-said"), list = form.elements.suggested, touched = new Set();
  const suggested = new Set(list.value.split(" ").filter(Boolean));
  const valueOf = (name) => form.elements[name].value;
  const before = {};
  let timer = 0, asked = 0, reading = null, hasPasted = false;

  // What is kept from the last report says so as long as it is that.
  const firsts = [...form.querySelectorAll("[data-kept]")].map((mark) => [mark, mark.dataset.kept, valueOf(mark.dataset.kept)]);
  const keep = () => { for (const [mark, name, first] of firsts) mark.hidden = suggested.has(name) || valueOf(name) !== first; };
  for (const kind of ["input", "change"]) form.addEventListener(kind, keep);

  const say = (name, is) => {
    if (is) suggested.add(name); else suggested.delete(name);
    list.value = [...suggested].join(" ");
    const shown = document.querySelector(`[data-from="${name.replace("_high", "_low")}"]`);
    if (shown) shown.hidden = ![name, name.replace("_low", "_high"), name.replace("_high", "_low")].some((one) => suggested.has(one));
    if (is) shown?.closest("details")?.setAttribute("open", "");
    keep();
    for (const field of form.querySelectorAll(`[name="${name}"]`)) {
      if (is && shown) field.setAttribute("aria-describedby", shown.id); else field.removeAttribute("aria-describedby");
    }
  };
  const put = (name, value) => {
    const field = form.elements[name];
    if (field instanceof RadioNodeList) for (const one of field) one.checked = one.value === value;
    else field.value = value;
    const changed = field instanceof RadioNodeList ? field[0] : field;
    changed.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const isOpen = (name, explicit) => !touched.has(name) && (suggested.has(name) || valueOf(name) === ""
    || (form.dataset.fresh !== undefined && (name === "time_precision" || (explicit.includes(name) && document.querySelector(`[data-kept="${name}"]`)))));

  const fill = (values, explicit) => {
    for (const name of [...suggested]) if (!(name in values)) { put(name, before[name] ?? ""); say(name, false); }
    for (const [name, value] of Object.entries(values)) {
      if (!form.elements[name] || !isOpen(name, explicit) || (name === "accused" && valueOf("accused_party"))) continue;
      before[name] ??= suggested.has(name) ? "" : valueOf(name);
      if (valueOf(name) !== value) put(name, value);
      say(name, value !== "");
    }
  };
  // What is on the page already, of a draft, a copy or a form sent before, is underlined only: its fields say what somebody saw.
  const isBlank = form.dataset.fresh !== undefined && ["place", "violation_type", "clock", "killed_low"].every((name) => !valueOf(name));
  const read = async () => {
    timer = 0;
    const turn = ++asked, waits = setTimeout(() => { number.textContent = form.dataset.reading; }, 600);
    try {
      const answer = await fetch(form.dataset.read, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (turn !== asked) return reading;
      clearTimeout(waits);
      marks.innerHTML = told.marks;
      offers.innerHTML = told.offers;
      if (!isBlank && !hasPasted) return false;
      number.textContent = told.said;
      fill(told.values, told.explicit);
      form.dispatchEvent(new Event("input", { bubbles: true }));
      return suggested.size > 0 || offers.childElementCount > 0;
    } catch {
      // Without a connection the form is filled by hand.
      if (turn === asked) number.textContent = form.dataset.notRead;
    } finally { clearTimeout(waits); }
    return false;
  };
  const begin = () => {
    const mine = read();
    reading = mine;
    mine.finally(() => { if (reading === mine) reading = null; });
    return mine;
  };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(begin, wait); };
  // What is not read yet is not saved unseen: the first press waits for it, and where anything was read the next one accepts it.
  form.addEventListener("submit", async (event) => {
    if (!timer && !reading) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event, isDue = timer !== 0;
    clearTimeout(timer);
    if (await (isDue ? begin() : reading)) number.textContent += ` · ${form.dataset.justRead}`;
    else form.requestSubmit(submitter);
  });

  form.addEventListener("input", (event) => {
    if (!event.isTrusted || !event.target.name) return;
    if (event.target === text) { hasPasted = true; marks.textContent = ""; later(event.inputType === "insertFromPaste" ? 0 : 300); return; }
    if (event.target.name === "published_on") later(300);
    if (event.target.name === "different") return;
    touched.add(event.target.name);
    if (suggested.has(event.target.name)) say(event.target.name, false);
  });
  form.addEventListener("change", (event) => {
    if (!event.isTrusted || !event.target.name || event.target === text) return;
    touched.add(event.target.name);
    if (suggested.has(event.target.name)) say(event.target.name, false);
  });
  offers.addEventListener("click", (event) => {
    const choice = event.target.closest("button[name=take]");
    if (!choice) return;
    event.preventDefault();
    for (const [name, value] of Object.entries(JSON.parse(choice.value))) { put(name, value); touched.add(name); say(name, false); }
    const next = choice.closest(".offer");
    next.remove();
    text.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  text.addEventListener("scroll", () => { marks.scrollTop = text.scrollTop; });
  for (const name of suggested) say(name, true);
  if (text.value && !marks.textContent) later(0);
}
