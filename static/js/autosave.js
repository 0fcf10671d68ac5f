// [data-autosave]: what is typed is kept on the server as a draft, 400 ms after the last key. One save at a time; submitting ends it.
for (const form of document.querySelectorAll("[data-autosave]")) {
  const said = document.getElementById("draft-said"), conflict = document.getElementById("draft-conflict");
  let timer = 0, busy = false, again = false, over = false;
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const save = async () => {
    timer = 0;
    if (over) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (over) return;
      said.textContent = told.said;
      said.dataset.kept = answer.ok;
      if (answer.ok) [form.elements.draft.value, form.elements.draft_version.value] = [told.draft, told.version];
      if (told.conflict) { over = true; conflict.innerHTML = told.conflict; }
    } catch {
      if (over) return;
      said.textContent = form.dataset.notKept;
      said.dataset.kept = false;
      later(5000);
    } finally {
      busy = false;
      if (again) { again = false; later(400); }
    }
  };
  form.addEventListener("input", (event) => { if (!event.target.matches("[data-different]")) later(400); });
  form.addEventListener("submit", () => { over = true; clearTimeout(timer); });
  addEventListener("pageshow", (event) => { if (event.persisted) over = false; });
  addEventListener("pagehide", () => {
    if (timer && !over) navigator.sendBeacon(form.dataset.autosave, new URLSearchParams(new FormData(form)));
  });
}
