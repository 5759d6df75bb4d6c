// The sketchpad: what is drawn is asked about while it is drawn. The scripts before this one hold its parts; here are its
// tools, and what Python sends.

const tools = Object.fromEntries([...pad.querySelectorAll("[data-tool]")].map((button) => [button.dataset.tool, button]));
const widthField = pad.querySelector(".gb-pad-width input");
const widthText = pad.querySelector(".gb-pad-width output");
const sendButton = pad.querySelector(".gb-pad-send");
const WAIT_MS = 50;
const MAX_WAITS = 100;            // for a tab that has never been open

// ---- Tools

function showTools() {
  tools.undo.disabled = !past.length;
  tools.redo.disabled = !future.length;
  tools.clear.disabled = !hasInk();
  tools.replay.disabled = playing === null && !strokes.length;
  const isPlaying = playing !== null && !isExampleInk;
  setText(tools.replay.querySelector("span"), isPlaying ? "Stop" : "Replay");
  tools.replay.querySelector("path").setAttribute("d", isPlaying ? "M7 7h10v10H7z" : "M8 5l11 7-11 7z");
  tools.pen.setAttribute("aria-pressed", String(!isErasing));
  tools.eraser.setAttribute("aria-pressed", String(isErasing));
  for (const overlay of OVERLAYS) tools[overlay.tool].setAttribute("aria-pressed", String(shownOverlays.has(overlay)));
  sendButton.disabled = !hasInk();
}

function undo() {
  step(past, future);
}

function redo() {
  step(future, past);
}

function step(from, to) {
  if (activePointer !== null) return;
  liftPen();
  if (!from.length) return;
  takeOver();
  moveStep(from, to);
  validFrom = version + 1;
  settle();
}

function clear() {
  if (!hasInk() || activePointer !== null) return;
  liftPen();
  const wasExample = isExampleInk;
  takeOver();
  if (!wasExample) remember();
  strokes = [];
  uploaded = null;
  settle();
}

function takeTool(wanted) {
  liftPen();
  isErasing = wanted;
  eraserAt = null;
  showTools();
  draw();
}

function setBrush(px) {
  brushPx = keepWithin(px, 10, 24);
  widthField.value = brushPx;
  widthText.textContent = `${brushPx} px`;
  draw();
}

tools.pen.addEventListener("click", () => takeTool(false));
tools.eraser.addEventListener("click", () => takeTool(true));
tools.undo.addEventListener("click", undo);
tools.redo.addEventListener("click", redo);
tools.clear.addEventListener("click", clear);
tools.replay.addEventListener("click", playDrawing);
for (const overlay of OVERLAYS) tools[overlay.tool].addEventListener("click", () => toggleOverlay(overlay));
tools.image.addEventListener("click", () => fileField.click());
tools.example.addEventListener("click", () => {
  touched = true;
  playExample();
});
widthField.addEventListener("input", () => setBrush(Number(widthField.value)));

// Ctrl+Z and its like hold for the whole pad, also while the focus is on one of its buttons.
pad.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  event.stopPropagation();
  if (key === "y" || event.shiftKey) redo();
  else undo();
});

// ---- To Conv & pool: its tab is opened first, because it listens only once it has been open

sendButton.addEventListener("click", () => {
  if (!hasInk()) return;
  stopPlaying();
  clearTimeout(publishAt);
  publish();
  document.dispatchEvent(new CustomEvent("glassbox-open", { detail: "inspection" }));
  let waits = 0;
  const send = () => {
    waits += 1;
    if (window.glassboxMaps || waits > MAX_WAITS) trigger("submit");
    else setTimeout(send, WAIT_MS);
  };
  send();
});

// ---- Python's side

function takeDrawing() {
  showDrawing(props.value);
}

// Put a drawing on the pad, as a step that can be undone.
function showDrawing(sent) {
  stopPlaying();
  activePointer = null;
  pen.down = false;
  touched = true;
  remember();
  isExampleInk = false;
  validFrom = version + 1;
  uploaded = null;
  const scale = SIZE / ((sent && sent.size) || SIZE);
  strokes = (sent && Array.isArray(sent.strokes) ? sent.strokes : []).filter((stroke) => stroke.length)
    .map((stroke) => stroke.map(([x, y]) => [round(x * scale), round(y * scale)]));
  changed();
  askNow();
  if (sent && sent.picture) fetch(sent.picture).then((file) => file.blob()).then(takeImage);
}

// A section below the pad puts a drawing on it: {strokes, size}.
function onShowDrawing({ detail }) {
  if (!pad.isConnected) return document.removeEventListener("glassbox-show-drawing", onShowDrawing);
  showDrawing(detail);
  publishSoon();
}

document.addEventListener("glassbox-show-drawing", onShowDrawing);
watch(VALUE, takeDrawing);
watch(CHECKPOINTS, () => { if (ownProp(CHECKPOINTS) && hasInk() && wasRead !== String(ownProp(CHECKPOINTS))) askNow(); });

redrawOnChange(sheet, draw);
changed();
const keptDrawing = readKept();
if (props.value && (props.value.picture || (Array.isArray(props.value.strokes) && props.value.strokes.length))) takeDrawing();
else if (keptDrawing) onShowDrawing({ detail: keptDrawing });
else if (ownProp(AUTOPLAY) !== false && !touched && !prefersReducedMotion()) playExample();
