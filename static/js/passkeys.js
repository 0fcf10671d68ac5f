// [data-passkey]: the button that asks the browser for a passkey, by allauth's script. What goes wrong is said beside it.
document.querySelectorAll("[data-passkey]").forEach((button) => {
  const kind = button.dataset.passkey;
  const ids = { [kind]: button.id, credential: button.dataset.credential, passwordless: button.dataset.passwordless, data: "js_data" };
  window.allauth.webauthn.forms[`${kind}Form`]({ ids });
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.getElementById("passkey-trouble");
  if (trouble) trouble.hidden = false;
});
