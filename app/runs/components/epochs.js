// How a run learned. Python sends the answers and the weights of every epoch; this script shows one epoch of them.

const NEW_EPOCH_MS = 2000;       // while the run trains, it is asked this often whether there is one more
const SHEET_LIMIT_PX = 420;
const SPARK = { height: 26, margin: 4 };
const GAP_PX = 6;

const host = element.querySelector(".gb-learning");
const find = (selector) => host.querySelector(selector);
const figure = find("figure");
const list = find("ol");
const sheetHolder = find(".gb-learning-sheet");
const sheetCanvas = sheetHolder.querySelector("canvas");
const mark = sheetHolder.querySelector("i");
const field = find(".gb-learning-index input");
const drawingButton = find("[data-choose=drawing]");

let shown = null;                // the run's epochs, as Python sent them
let answers = null;              // what it answered to the image, epoch by epoch
let focus = FIRST_FOCUS;
let epoch = 0;                   // which of the kept weights are shown
let frames = [];                 // their bytes, and their bitmaps in the theme's colours
let sheet = null;                // how the maps stand on their canvas
let pointed = null;              // { index, row, column } of the weight that is read
let units = new Map();           // unit -> its weights after every epoch, in full
let drawing = null;              // the visitor's own
let isDrawn = false;             // whether it is the chosen image
let timer = null;

// ---- Questions

const askForEpochs = createAsker((request) => server.epochs(request), (text) => takeEpochs(readAnswer(text)));
const askForAnswers = createAsker((request) => server.answers(request), (text) => takeAnswers(readAnswer(text)));
const askForUnit = createAsker((request) => server.unit(request), (text) => takeUnit(readAnswer(text)));

function askWhatIsNew() {
  if (!host.isConnected) return;
  const isSame = shown && shown.id === focus.id && shown.epochs;
  askForEpochs({ id: focus.id, num_known: isSame ? shown.epochs.length : 0 });
}

function takeEpochs(answer) {
  clearTimeout(timer);
  if (answer.id !== undefined && answer.id !== focus.id) return;  // another run has been chosen meanwhile
  if (answer.is_live) timer = setTimeout(waitForEpoch, NEW_EPOCH_MS);
  if (answer.is_same) return;
  const isOther = !shown || shown.id !== answer.id || !shown.epochs;
  const absent = answer.error || answer.absent || "";
  setText(find(".gb-learning-absent"), absent);
  find(".gb-learning-parts").hidden = Boolean(absent);
  shown = answer;
  units = new Map();
  if (isOther) pointed = answers = null;
  if (absent) return void (host.dataset.run = "");
  frames = answer.frames.map((text) => ({ bytes: decode(text), bitmap: null }));
  setText(find("h3"), answer.title);
  setText(find(".gb-learning-halves > :last-child h4"), answer.layer);
  field.max = answer.last_index;
  transport.setLength(answer.epochs.length - 1, !isOther);
  askForImage();
  host.dataset.run = answer.id;
}

function waitForEpoch() {
  if (document.visibilityState === "visible" && host.offsetParent !== null) askWhatIsNew();
  else if (host.isConnected) timer = setTimeout(waitForEpoch, NEW_EPOCH_MS);
}

// ---- One epoch

const transport = createTransport(find(".gb-transport"), (steps) => showEpoch(steps), { firstSpeed: 0.5,
  tell: (steps) => (shown && shown.epochs ? shown.epochs[steps]?.label ?? "" : "") });

function showEpoch(steps) {
  if (!shown || !shown.epochs || !shown.epochs[steps]) return;
  epoch = steps;
  showAnswer();
  drawSheetOfEpoch();
  showReading();
  host.dataset.epoch = String(epoch);
}

find(".gb-learning-parts").addEventListener("keydown", (event) => {
  if (event.target === field || event.target === sheetCanvas) return;
  transport.onKey(event);
});

// ---- The image and its answers

function readIndex() {
  const index = Number(field.value);
  return field.value === "" ? null : Number.isNaN(index) ? field.value : index;
}

function askForImage() {
  if (!shown || !shown.epochs) return;
  list.setAttribute("aria-busy", "true");
  askForAnswers({ id: shown.id, index: isDrawn ? 0 : readIndex(), drawing: isDrawn ? drawing || {} : null });
}

function takeAnswers(answer) {
  list.removeAttribute("aria-busy");
  setText(find(".gb-learning-error"), answer.error || "");
  if (answer.error || answer.id !== shown.id) return;
  answers = answer;
  setText(figure.querySelector("b"), answer.caption);
  figure.querySelector("canvas").setAttribute("aria-label", answer.caption);
  while (list.children.length > shown.classes.length) list.lastChild.remove();
  while (list.children.length < shown.classes.length) buildRow();
  shown.classes.forEach((name, index) => setText(list.children[index].children[0], name));
  list.classList.toggle("has-words", shown.classes.some((name) => name.length > 1));
  draw();
}

function buildRow() {
  const row = addNode(list, "li");
  for (const tag of ["b", "i", "span", "canvas"]) addNode(row, tag);
  row.lastChild.setAttribute("aria-hidden", "true");
}

function showAnswer() {
  const frame = answers && answers.frames[epoch];
  if (!frame) return;
  setText(figure.querySelector("span"), frame.verdict);
  const highest = Math.max(...frame.shares);
  [...list.children].forEach((row, index) => {
    row.title = frame.titles[index];
    row.classList.toggle("is-answer", frame.shares[index] === highest);
    row.children[1].style.setProperty("--share", frame.shares[index]);
    setText(row.children[2], frame.texts[index]);
  });
  drawSparks();
}

// One answer's probability over all epochs; the dot is the epoch that is shown.
function drawSparks() {
  const colors = readColors(host, { line: "--gb-text-soft", ground: "--gb-line", dot: "--gb-accent", halo: "--gb-surface" });
  const { height, margin } = SPARK;
  const width = list.lastChild.lastChild.clientWidth;
  if (width < 40) return;  // in a closed tab; the size observer calls again
  const last = Math.max(1, answers.frames.length - 1);
  const x = (index) => margin + index / last * (width - 2 * margin);
  const y = (share) => height - margin - share * (height - 2 * margin);
  [...list.children].forEach((row, answer) => {
    const canvas = row.lastChild;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    context.fillStyle = colors.ground;
    context.fillRect(0, Math.round(y(0)), width, 1);
    context.strokeStyle = colors.line;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.beginPath();
    answers.frames.forEach((frame, index) => context.lineTo(x(index), y(frame.shares[answer])));
    context.stroke();
    context.beginPath();
    context.arc(x(epoch), y(answers.frames[epoch].shares[answer]), 3.5, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = colors.halo;
    context.stroke();
    context.fillStyle = colors.dot;
    context.fill();
  });
}

function chooseImage(isOwn) {
  isDrawn = isOwn;
  drawingButton.setAttribute("aria-pressed", String(isDrawn));
  askForImage();
}

field.addEventListener("input", () => chooseImage(false));
find("[data-choose=next]").addEventListener("click", () => {
  field.value = Math.min(Number(field.max), Math.max(0, Math.round(Number(field.value) || 0)) + 1);
  chooseImage(false);
});
drawingButton.addEventListener("click", () => chooseImage(!isDrawn));
window.glassboxLearning = { takeDrawing: (sent) => {
  drawing = sent;
  if (isDrawn) askForImage();
} };

// ---- The first layer

function drawSheetOfEpoch() {
  const available = sheetHolder.clientWidth;
  const frame = frames[epoch];
  if (!frame || available < 40) return;  // in a closed tab; the size observer calls again
  ramps ||= readRamps(host);
  frame.bitmap ||= paint(frame.bytes, shown.columns, ramps.signed);
  sheet = arrange({ count: shown.count, rows: shown.rows, columns: shown.columns }, available, MAP_SIDES, SHEET_LIMIT_PX, GAP_PX);
  sheetCanvas.style.width = `${sheet.width}px`;
  sheetCanvas.style.height = `${sheet.height}px`;
  const context = fitCanvas(sheetCanvas, sheet.width, sheet.height);
  context.clearRect(0, 0, sheet.width, sheet.height);
  drawSheet(context, frame.bitmap, sheet);
  sheetCanvas.setAttribute("aria-label", `${shown.layer}, ${shown.epochs[epoch].label}. Arrow keys choose a weight, `
    + "Page Up and Page Down a filter.");
  const scale = find(".gb-learning-scale");
  scale.children[0].textContent = MINUS + shown.scale_text;
  scale.children[1].style.background = `linear-gradient(to right, ${["negative", "zero", "positive"].map((name) => ramps.colors[name]).join(", ")})`;
  scale.children[2].textContent = shown.scale_text;
}

let ramps = null;                // the theme's colours

function takeUnit(answer) {
  if (answer.error) return setText(find(".gb-learning-reading"), answer.error);
  units.set(answer.unit, new Float32Array(decode(answer.values).buffer));
  showReading();
}

function point(place) {
  pointed = place;
  if (!units.has(place.index)) askForUnit({ id: shown.id, unit: place.index });
  showReading();
}

function showReading() {
  const reading = find(".gb-learning-reading");
  mark.hidden = !pointed || !sheet;
  if (mark.hidden) return setText(reading, "Point at a filter to read its weights.");
  const { index, row, column } = pointed;
  const [left, top] = placeOf(sheet, index);
  mark.style.cssText = `transform: translate(${left}px, ${top}px); width: ${sheet.columns * sheet.cell}px; height: ${sheet.rows * sheet.cell}px`;
  const values = units.get(index);
  const valueAt = (at) => (values ? values[(at * shown.rows + row) * shown.columns + column] : null);
  const name = shown.count === shown.classes.length && shown.rows === 28 ? `Unit for ${shown.classes[index]}` : `No. ${index + 1}`;
  setText(reading, `${name}, row ${row + 1}, column ${column + 1}: ${values ? formatNumber(valueAt(epoch)) : "\u2026"} ${shown.epochs[epoch].label}`
    + (epoch && values ? `, ${formatNumber(valueAt(0))} ${shown.epochs[0].label}` : ""));
  reading.title = values ? String(valueAt(epoch)) : "";
}

sheetCanvas.addEventListener("pointermove", (event) => point(unitAt(sheet, event.offsetX, event.offsetY)));
sheetCanvas.addEventListener("pointerdown", (event) => point(unitAt(sheet, event.offsetX, event.offsetY)));
sheetCanvas.addEventListener("keydown", (event) => {
  const { index, row, column } = pointed || { index: 0, row: 0, column: 0 };
  const moves = { ArrowUp: [index, row - 1, column], ArrowDown: [index, row + 1, column], ArrowLeft: [index, row, column - 1],
    ArrowRight: [index, row, column + 1], PageUp: [index - 1, row, column], PageDown: [index + 1, row, column] };
  const move = moves[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  point({ index: clamp(move[0], shown.count - 1), row: clamp(move[1], shown.rows - 1), column: clamp(move[2], shown.columns - 1) });
  find(".gb-learning-spoken").textContent = find(".gb-learning-reading").textContent;
});

// ---- Drawing

function draw() {
  if (!shown || !shown.epochs || host.clientWidth < 40) return;
  ramps = readRamps(host);
  for (const frame of frames) frame.bitmap = null;
  if (answers) paintInk(figure.querySelector("canvas"), answers.image, ramps.ink);
  showEpoch(epoch);
}

redrawOnChange(host, draw);
follow(host, "glassbox-run", (detail) => {
  if (detail.id !== focus.id) transport.pause();
  focus = detail;
  askWhatIsNew();
});
