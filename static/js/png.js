// [data-png]: saves the picture that the link before it leads to as PNG, at twice its size, under the picture's own name.
// It is drawn here, from the same SVG. Shown only where script runs, as only script can draw.
const TWICE = 2;

const loaded = (text) => new Promise((done, failed) => {
  const picture = new Image();
  picture.onload = () => done(picture);
  picture.onerror = failed;
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
});

const save = async (address) => {
  const answer = await fetch(address);
  const [, name] = /filename="([^"]+)\.svg"/.exec(answer.headers.get("Content-Disposition"));
  const picture = await loaded(await answer.text());
  const canvas = document.createElement("canvas");
  canvas.width = TWICE * picture.naturalWidth;
  canvas.height = TWICE * picture.naturalHeight;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((drawn) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(drawn);
    link.download = `${name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }, "image/png");
};

for (const button of document.querySelectorAll("[data-png]")) {
  const link = button.previousElementSibling;
  button.hidden = false;
  // Where it cannot be drawn, the picture itself is the next best.
  button.addEventListener("click", () => save(link.href).catch(() => { location.href = link.href; }));
}
