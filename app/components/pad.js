// The sketchpad: it collects strokes and asks Python about them while they are drawn. verdict.js, before this, shows
// the answers.

const SIZE = 280;                 // the pad's own pixels: what a stroke's coordinates count
const BRUSH = 18;
const MIN_GAP_MS = 40;            // between an answer and the next question during a stroke
const EXAMPLE_MS = 1500;
const PUBLISH_MS = 300;           // Gradio hears of the drawing after the answer, at the latest after this

const sheet = pad.querySelector(".gb-pad-sheet");
const canvas = pad.querySelector(".gb-pad-canvas");
const hint = pad.querySelector(".gb-pad-hint");
const tools = Object.fromEntries([...pad.querySelectorAll("[data-tool]")].map((button) => [button.dataset.tool, button]));

let strokes = [];                 // finished strokes and, last, the one being drawn
let history = [];                 // what `strokes` was before each step; Clear is a step like any other
let version = 0;
let validFrom = 0;                // answers to drawings before this version are about something else by now
let activePointer = null;
let asking = false;
let askAt = null;                 // timer of the next question
let publishAt = null;             // timer of the next word to Gradio
let example = null;               // the running replay, or null
let touched = false;              // someone has drawn: the example never starts by itself again
// Split rather than quoted: gr.HTML takes a quoted word in this script for the name of an event, and
// `gr.HTML(checkpoint=…)` would then send that event instead of the checkpoint.
const [VALUE, CHECKPOINT, EXAMPLE, AUTOPLAY] = "value checkpoint example autoplay".split(" ");
const pen = { x: SIZE / 2, y: SIZE / 2, down: false, shown: false };

canvas.setAttribute("aria-label", "Drawing pad. Draw a digit with mouse, finger or pen. On the keyboard: arrow keys "
  + "move the pen, with Shift in small steps; Space or Enter lowers or lifts it; U undoes; C clears; E replays the example.");

const round = (value) => Math.round(value * 10) / 10;
const copyOf = (list) => list.map((stroke) => stroke.map((point) => point.slice()));
const clamp = (value) => Math.min(SIZE, Math.max(0, value));

// ---- Drawing

function traceStroke(context, stroke) {
  context.beginPath();
  context.moveTo(stroke[0][0], stroke[0][1]);
  // Midpoints joined by quadratic curves: smooth, and through the middle of every pair of points.
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = stroke[i];
    context.quadraticCurveTo(x, y, (x + stroke[i + 1][0]) / 2, (y + stroke[i + 1][1]) / 2);
  }
  const last = stroke[stroke.length - 1];
  context.lineTo(last[0] + (stroke.length === 1 ? 0.01 : 0), last[1]);  // a tap leaves a dot: a line of no length none
  context.stroke();
}

function draw() {
  const width = sheet.clientWidth;
  if (!width) return;  // in a closed tab
  const context = fitCanvas(canvas, width, width);
  context.clearRect(0, 0, width, width);
  context.scale(width / SIZE, width / SIZE);
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = BRUSH;
  context.strokeStyle = getComputedStyle(pad).getPropertyValue("--pad-ink");
  for (const stroke of strokes) if (stroke.length) traceStroke(context, stroke);
  if (pen.shown) {
    context.lineWidth = 2;
    context.strokeStyle = "#3fd0bf";
    context.fillStyle = pen.down ? "#3fd0bf" : "transparent";
    context.beginPath();
    context.arc(pen.x, pen.y, BRUSH / 2, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  hint.hidden = strokes.length > 0 || pen.shown;
}

// ---- The drawing changes

function changed() {
  version += 1;
  pad.dataset.version = version;
  tools.undo.disabled = !history.length;
  tools.clear.disabled = !strokes.length;
  draw();
  if (strokes.length) return askSoon();
  validFrom = version;
  showBlank(version);
  tellPage();
}

// Tell Gradio, so that listeners and the API see the drawing. Gradio itself fires `change`. Its event machinery
// takes tens of milliseconds on the page's thread, so the answer to the drawing goes first.
function publishSoon(delay = strokes.length ? PUBLISH_MS : 0) {
  clearTimeout(publishAt);
  publishAt = setTimeout(publish, delay);
}

function publish() {
  publishAt = null;
  if (activePointer !== null) return;  // the end of this stroke publishes
  props.value = { strokes: copyOf(strokes), size: SIZE };
  trigger("input");
}

function remember() {
  history.push(copyOf(strokes));
  if (history.length > 200) history.shift();
}

function beginStroke(x, y) {
  takeOver();
  remember();
  strokes.push([[round(x), round(y)]]);
  changed();
}

function extendStroke(x, y) {
  const stroke = strokes[strokes.length - 1];
  const last = stroke[stroke.length - 1];
  if (Math.hypot(x - last[0], y - last[1]) >= 0.5) stroke.push([round(x), round(y)]);
}

function endStroke() {
  changed();
  askNow();
  publishSoon();
}

function undo() {
  if (!history.length || activePointer !== null) return;
  takeOver();
  liftPen();
  strokes = history.pop();
  changed();
  publishSoon();
}

function clear() {
  if (!strokes.length || activePointer !== null) return;
  const wasExample = example !== null;
  takeOver();
  liftPen();
  if (!wasExample) remember();
  strokes = [];
  changed();
  publishSoon();
}

// The first touch ends the example and takes it off the sheet; what people see then is their own.
function takeOver() {
  touched = true;
  if (example === null) return;
  stopExample();
  strokes = [];
  validFrom = version + 1;
}

// ---- Questions and answers: one under way at most, the newest drawing next

function askSoon() {
  if (!asking && askAt === null) askAt = setTimeout(ask, MIN_GAP_MS);
}

function askNow() {
  if (asking) return;  // the answer under way asks again by itself, because the version has moved on
  clearTimeout(askAt);
  ask();
}

async function ask() {
  askAt = null;
  if (!strokes.length) return;
  const asked = { version, checkpoint: ownProp(CHECKPOINT) };
  asking = true;
  let answer;
  try {
    answer = await server.predict({ drawing: { strokes: copyOf(strokes), size: SIZE }, checkpoint: asked.checkpoint });
  } catch (error) {
    answer = undefined;
  }
  asking = false;
  const isCurrent = asked.checkpoint === ownProp(CHECKPOINT);
  // While someone draws, an answer to the drawing of a moment ago is still worth showing; after Clear it is not.
  if (isCurrent && strokes.length && asked.version >= validFrom) {
    showAnswer(answer, asked.version, activePointer !== null || pen.down || example > 0);
  }
  if (asked.version === version && activePointer === null) tellPage(answer);
  if (publishAt !== null && asked.version === version) requestAnimationFrame(() => publishSoon(0));
  if (!isCurrent || asked.version !== version) {
    if (!strokes.length) return;
    if (activePointer === null && example === null) ask();
    else askSoon();
  }
}

// The sections below the pad are told of a drawing when it rests: they read window.glassboxDrawing, and hear of a new one.
function tellPage(answer = null) {
  const drawing = { strokes: copyOf(strokes), size: SIZE };
  window.glassboxDrawing = { drawing, checkpoint: ownProp(CHECKPOINT), answer };
  document.dispatchEvent(new CustomEvent("glassbox-drawing"));
}

// ---- The example

function playExample() {
  const wanted = ownProp(EXAMPLE) || [];
  const total = wanted.reduce((sum, stroke) => sum + stroke.length, 0);
  if (!total || activePointer !== null) return;
  stopExample();
  liftPen();
  validFrom = version + 1;
  if (prefersReducedMotion()) {
    strokes = copyOf(wanted);
    endExample();
    return;
  }
  const startedAt = performance.now();
  const frame = (now) => {
    if (!pad.isConnected) return;
    let left = Math.max(1, Math.round(Math.min(1, (now - startedAt) / EXAMPLE_MS) * total));
    const isDone = left >= total;
    strokes = [];
    for (const stroke of wanted) {
      if (left > 0) strokes.push(stroke.slice(0, left).map((point) => point.slice()));
      left -= stroke.length;
    }
    if (isDone) return endExample();
    example = requestAnimationFrame(frame);
    changed();
  };
  example = requestAnimationFrame(frame);
}

function endExample() {
  example = 0;  // over, but still the example's ink: the first touch takes it away
  endStroke();
}

function stopExample() {
  if (example !== null) cancelAnimationFrame(example);
  example = null;
}

// ---- Mouse, finger, pen

function padPoint(event) {
  const box = canvas.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width * SIZE), clamp((event.clientY - box.top) / box.height * SIZE)];
}

canvas.addEventListener("pointerdown", (event) => {
  if (activePointer !== null || event.button !== 0) return;
  event.preventDefault();
  canvas.focus({ preventScroll: true });
  liftPen();
  pen.shown = false;
  activePointer = event.pointerId;
  canvas.setPointerCapture(event.pointerId);
  beginStroke(...padPoint(event));
});

canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== activePointer) return;
  const fine = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  for (const one of fine.length ? fine : [event]) extendStroke(...padPoint(one));
  changed();
});

function onPointerEnd(event) {
  if (event.pointerId !== activePointer) return;
  activePointer = null;
  if (event.type === "pointerup") extendStroke(...padPoint(event));
  endStroke();
}
canvas.addEventListener("pointerup", onPointerEnd);
canvas.addEventListener("pointercancel", onPointerEnd);

tools.undo.addEventListener("click", undo);
tools.clear.addEventListener("click", clear);
tools.example.addEventListener("click", () => {
  touched = true;
  if (example === null && strokes.length) remember();
  playExample();
});

// ---- Keyboard

function liftPen() {
  if (pen.down) {
    pen.down = false;
    endStroke();
  }
}

function movePen(dx, dy) {
  pen.shown = true;
  pen.x = clamp(pen.x + dx);
  pen.y = clamp(pen.y + dy);
  if (!pen.down) return draw();
  extendStroke(pen.x, pen.y);
  changed();
}

function lowerOrLiftPen() {
  pen.shown = true;
  if (pen.down) return liftPen();
  beginStroke(pen.x, pen.y);
  pen.down = true;
  draw();
}

canvas.addEventListener("keydown", (event) => {
  const step = event.shiftKey ? 2 : 8;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const withControl = event.ctrlKey || event.metaKey;
  const actions = withControl ? { z: undo } : {
    ArrowLeft: () => movePen(-step, 0), ArrowRight: () => movePen(step, 0),
    ArrowUp: () => movePen(0, -step), ArrowDown: () => movePen(0, step),
    " ": lowerOrLiftPen, Enter: lowerOrLiftPen, u: undo, c: clear, Delete: clear, Backspace: clear,
    e: () => tools.example.click(),
  };
  if (!actions[key] || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  actions[key]();
});

canvas.addEventListener("blur", () => {
  liftPen();
  pen.shown = false;
  draw();
});

// ---- Python's side

function takeDrawing() {
  const sent = props.value && Array.isArray(props.value.strokes) ? props.value : { strokes: [] };
  const scale = SIZE / (sent.size || SIZE);
  stopExample();
  activePointer = null;
  pen.down = false;
  touched = true;
  remember();
  validFrom = version + 1;
  strokes = sent.strokes.filter((stroke) => stroke.length)
    .map((stroke) => stroke.map(([x, y]) => [round(x * scale), round(y * scale)]));
  changed();
  askNow();
}

watch(VALUE, takeDrawing);
watch(CHECKPOINT, () => { if (ownProp(CHECKPOINT) && strokes.length) askNow(); });

redrawOnChange(sheet, draw);
changed();
if (props.value && Array.isArray(props.value.strokes) && props.value.strokes.length) takeDrawing();
else if (ownProp(AUTOPLAY) !== false && !touched && !prefersReducedMotion()) playExample();
