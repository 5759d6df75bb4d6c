// Say of what is shown that it is not what stands in the fields.
/** @type {(host: Element, isOld: boolean) => void} */
export function markOld(host, isOld) {
  if (isOld === host.classList.contains("is-old")) return;
  host.classList.toggle("is-old", isOld);
  if (!isOld) return host.querySelector(".gb-old")?.remove();
  const note = document.createElement("p");
  note.className = "gb-old";
  note.textContent = "This is the last result: what stands in the fields cannot be computed.";
  host.prepend(note);
}
