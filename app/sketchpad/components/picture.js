// A picture in the place of strokes: chosen, dropped or pasted. The browser makes it small enough to be sent.
/** @import { Lifetime, Picture } from "./types.js" */

import { contextOf } from "../../ui/components/canvas.js";
import { findPart } from "../../ui/components/nodes.js";

const MAX_IMAGE_PX = 1024;
const MAX_PNG_LENGTH = 400_000; // of the text; what is larger is a photo, and goes as JPEG

// Returns { url, image }, or null where the file is no image.
/** @type {(file: Blob) => Promise<Picture | null>} */
export async function readPicture(file) {
  try {
    const image = await createImageBitmap(file);
    const picture = shrinkImage(image);
    image.close();
    return picture;
  } catch {
    return null;
  }
}

/** @type {(image: ImageBitmap) => Picture} */
function shrinkImage(image) {
  const scale = Math.min(1, MAX_IMAGE_PX / Math.max(image.width, image.height));
  const small = document.createElement("canvas");
  small.width = Math.max(1, Math.round(image.width * scale));
  small.height = Math.max(1, Math.round(image.height * scale));
  const context = contextOf(small);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, small.width, small.height);
  const png = small.toDataURL("image/png");
  if (png.length <= MAX_PNG_LENGTH) return { url: png, image: small };
  // JPEG knows no transparency: what is transparent is paper, and paper is white.
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, small.width, small.height);
  return { url: small.toDataURL("image/jpeg", 0.9), image: small };
}

/** @type {(files: FileList | null | undefined) => File | undefined} */
function findImage(files) {
  return [...(files || [])].find((file) => file.type.startsWith("image/"));
}

// Call `take` with every file that is chosen, dropped on the sheet or pasted; returns what opens the choice of a file.
/** @type {(pad: HTMLElement, listen: Lifetime["listen"], take: (file: File | undefined) => void) => () => void} */
export function receiveFiles(pad, listen, take) {
  const field = /** @type {HTMLInputElement} */ (findPart(pad, ".gb-pad-file"));
  const sheet = findPart(pad, ".gb-pad-sheet");
  field.addEventListener("change", () => {
    take(field.files?.[0]);
    field.value = ""; // so that the same file can be chosen again
  });
  sheet.addEventListener("dragover", (event) => {
    event.preventDefault();
    sheet.classList.add("is-target");
  });
  sheet.addEventListener("dragleave", () => sheet.classList.remove("is-target"));
  sheet.addEventListener("drop", (event) => {
    event.preventDefault();
    sheet.classList.remove("is-target");
    take(findImage(event.dataTransfer?.files) || event.dataTransfer?.files[0]);
  });
  // Pasting is the pad's wherever the focus is, unless a field wants the text.
  listen(document, "paste", (/** @type {any} */ event) => {
    const file = findImage(event.clipboardData?.files);
    if (!file || !sheet.clientWidth || event.target.closest("input, textarea, [contenteditable]")) return;
    event.preventDefault();
    take(file);
  });
  return () => field.click();
}
