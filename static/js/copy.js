// [data-copy] puts what the element that it names says on the clipboard, and the output after it says so. Without script it is not there.
for (const button of document.querySelectorAll("[data-copy]")) {
  const from = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (from.select) from.select();
    else getSelection().selectAllChildren(from);
    try {
      await navigator.clipboard.writeText(from.value ?? from.innerText.trim());
    } catch {
      if (!document.execCommand("copy")) return; // plain HTTP has no clipboard of its own; what is selected can still be copied by hand
    }
    button.nextElementSibling.textContent = button.nextElementSibling.dataset.copied;
  });
}
