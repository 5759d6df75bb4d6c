// An image in the place of strokes: chosen, dropped or pasted. The browser makes it small enough to be sent.

const MAX_IMAGE_PX = 1024;
const MAX_PNG_LENGTH = 400_000;   // of the text; what is larger is a photo, and goes as JPEG
const NO_IMAGE = "This file cannot be opened as an image. Save it as PNG or JPEG and try again.";

const fileField = pad.querySelector(".gb-pad-file");

function shrinkImage(image) {
  const scale = Math.min(1, MAX_IMAGE_PX / Math.max(image.width, image.height));
  const small = document.createElement("canvas");
  small.width = Math.max(1, Math.round(image.width * scale));
  small.height = Math.max(1, Math.round(image.height * scale));
  const context = small.getContext("2d");
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

async function takeImage(file) {
  if (!file || activePointer !== null) return;
  let taken;
  try {
    const image = await createImageBitmap(file);
    taken = shrinkImage(image);
    image.close();
  } catch (error) {
    verdict.classList.add("is-error");
    return showVerdict(null, NO_IMAGE);
  }
  liftPen();
  takeOver();
  remember();
  strokes = [];
  uploaded = taken;
  validFrom = version + 1;
  settle();
}

function findImage(list) {
  return [...(list || [])].find((file) => file.type.startsWith("image/"));
}

fileField.addEventListener("change", () => {
  takeImage(fileField.files[0]);
  fileField.value = "";  // so that the same file can be chosen again
});

sheet.addEventListener("dragover", (event) => {
  event.preventDefault();
  sheet.classList.add("is-target");
});
sheet.addEventListener("dragleave", () => sheet.classList.remove("is-target"));
sheet.addEventListener("drop", (event) => {
  event.preventDefault();
  sheet.classList.remove("is-target");
  takeImage(findImage(event.dataTransfer.files) || event.dataTransfer.files[0]);
});

// Pasting is the pad's wherever the focus is, unless a field wants the text.
document.addEventListener("paste", function onPaste(event) {
  if (!pad.isConnected) return document.removeEventListener("paste", onPaste);
  const file = findImage(event.clipboardData && event.clipboardData.files);
  if (!file || !sheet.clientWidth || event.target.closest("input, textarea, [contenteditable]")) return;
  event.preventDefault();
  takeImage(file);
});
