// The files of a run, as the browser keeps them.
/** @import { RunCard } from "../payloads.js" */

// What the name of each begins with.
/** @type {(card: RunCard) => string} */
export function nameFiles(card) {
  return `glassbox-${card.title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${card.id.slice(0, 6)}`;
}

// Below the page's own address.
/** @type {(path: string) => string} */
export function addressCheckpoint(path) {
  return `gradio_api/file=${path.split("/").map(encodeURIComponent).join("/")}`;
}

// Hand a content in base64 to the browser as a file.
/** @type {(file: { name: string, type: string, content: string }) => void} */
export function saveFile({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
