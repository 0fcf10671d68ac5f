// [data-ground]: a click on the drawing puts the coordinates of that spot into the box for the place, as if they had been typed there.
// The drawing comes back from the server with that spot in its middle, so a second click reaches farther.
const box = document.getElementById("id_place");
document.getElementById("locator")?.addEventListener("click", (event) => {
  const drawing = event.target.closest("[data-ground]");
  if (!drawing || !box) return;
  const [latitude, longitude, down, right] = drawing.dataset.ground.split(" ").map(Number);
  const { width, height } = drawing.viewBox.baseVal, shown = drawing.getBoundingClientRect();
  const x = (event.clientX - shown.x) / shown.width * width - width / 2, y = (event.clientY - shown.y) / shown.height * height - height / 2;
  box.focus();
  box.select();
  // Typed, not set: what was suggested gives way to it, and the browser can undo it.
  document.execCommand("insertText", false, `${(latitude - y * down).toFixed(4)}, ${(longitude + x * right).toFixed(4)}`);
  box.dispatchEvent(new Event("change", { bubbles: true }));
});
