// Hand a content to the browser as a file.
const KEPT_MS = 10_000; // Safari reads it after the click

/** @type {(name: string, type: string, content: BlobPart) => void} */
export function saveFile(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** @type {(name: string, type: string, content: string) => void} */
export function saveBase64(name, type, content) {
  saveFile(
    name,
    type,
    Uint8Array.from(atob(content), (character) => character.charCodeAt(0)),
  );
}
