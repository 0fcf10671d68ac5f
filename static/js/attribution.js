// [data-whom]: naming somebody attributes it in the field that it points to, and taking the attribution back names nobody.
for (const whom of document.querySelectorAll("[data-whom]")) {
  const attribution = document.querySelector(whom.dataset.whom);
  whom.addEventListener("change", () => {
    if (whom.value) attribution.value = "attributed";
    else if (attribution.value === "attributed") attribution.value = "not_established";
  });
  attribution.addEventListener("change", () => {
    if (attribution.value !== "attributed") whom.value = "";
  });
}
