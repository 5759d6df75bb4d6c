// Why the last choice cannot be shown; empty while it can. maps.js says it.

export function mount({ element }) {
  const notice = element.querySelector(".gb-notice");

  function showMistake({ detail }) {
    if (!notice.isConnected) return document.removeEventListener("glassbox-maps", showMistake);
    notice.replaceChildren();
    notice.classList.toggle("gb-missing", detail.isMissing);
    if (!detail.text) return;
    notice.appendChild(document.createElement("p")).textContent = detail.text;
  }

  document.addEventListener("glassbox-maps", showMistake);
}
