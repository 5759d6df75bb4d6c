// The layers of a network. Python sends every number and text; this script paints bytes, and asks for the full numbers of
// the layer and the weights of the unit that are pointed at.

const REST_MS = 400;       // a unit is chosen this long before it is spoken
const SIDE = 28;            // of the image, in pixels

const PAGE = window.glassboxMaps = window.glassboxMaps || {};
const maps = element.querySelector(".gb-maps");
const list = maps.querySelector(".gb-maps-layers");
const [digitFigure, mapFigure, weightsFigure] = maps.querySelectorAll("figure");
const spoken = maps.querySelector(".gb-maps-spoken");
const mapCanvas = mapFigure.querySelector("canvas");
const buttons = Object.fromEntries([...maps.querySelectorAll("[data-move]")].map((each) => [each.dataset.move, each]));

let passage = null;        // what Python sent last
let layers = [];           // its layers, each with its row on the page
let chosen = null;         // { layer, channel, row, column }
let isHeld = false;        // the pointer chooses no other map on its way over them
let exact = new Map();     // a layer's name -> its numbers in full
let weights = new Map();   // name/channel -> { note, weights } of a unit
let ramps = null;          // the theme's colours
let mapSheet = null;       // how the chosen map stands in its square
let rest = null;           // timer until the chosen unit is spoken

const layerOf = (name) => layers.find((layer) => layer.name === name);
const keyOf = ({ layer, channel }) => `${layer}/${channel}`;

// ---- What is pointed at

function choose(target) {
  if (chosen && keyOf(target) === keyOf(chosen) && target.row === chosen.row && target.column === chosen.column) return;
  if (!shownSoon) shownSoon = requestAnimationFrame(showChosen);
  chosen = target;
  learn();
}

let shownSoon = null;      // the frame in which the chosen unit is drawn

function showChosen() {
  shownSoon = null;
  const layer = layerOf(chosen.layer);
  for (const each of layers) {
    each.row.classList.toggle("is-chosen", each === layer);
    for (const parts of [each.parts.sheet, each.parts.filters]) if (parts) showMark(parts, each === layer);
  }
  if (maps.clientWidth < 40) return;
  drawDigit(layer);
  drawMap(layer);
  drawWeights();
  const place = layer.is_answer ? `the logit of digit ${chosen.channel}`
    : isCells(layer) ? (layer.is_vector ? `number ${chosen.channel + 1} of ${layer.count}` : `map ${chosen.channel + 1} of ${layer.count}`)
    : `map ${chosen.channel + 1}, row ${chosen.row + 1}, column ${chosen.column + 1}`;
  const text = { place: `Layer ${layer.name}, ${place}`, number: tellNumber(layer), sees: tellSpan(layer) };
  for (const [name, line] of Object.entries(text)) maps.querySelector(`.gb-maps-${name}`).textContent = line;
  buttons.open.disabled = !layer.openable;
  clearTimeout(rest);
  rest = setTimeout(() => {
    if (maps.contains(document.activeElement)) spoken.textContent = `${text.place}: ${text.number}. ${text.sees}`;
  }, REST_MS);
}

function showMark({ mark, sheet }, isChosen) {
  mark.hidden = !isChosen || !sheet;
  if (mark.hidden) return;
  const [x, y] = placeOf(sheet, chosen.channel);
  mark.style.cssText = `transform: translate(${x}px, ${y}px); width: ${sheet.columns * sheet.cell}px; height: ${sheet.rows * sheet.cell}px`;
}

function tellNumber(layer) {
  const numbers = exact.get(layer.name);
  if (!numbers) return "\u2026";
  const number = numbers[(chosen.channel * layer.rows + chosen.row) * layer.columns + chosen.column];
  return Number.isNaN(number) ? "NaN" : Number.isFinite(number) ? formatNumber(number) : number > 0 ? "\u221e" : `${MINUS}\u221e`;
}

// First and last pixel of what the chosen unit sees, counted from 0; null for the whole image.
function findSpan(layer) {
  if (!layer.sees) return null;
  const [rows, columns] = [layer.sees.rows[chosen.row], layer.sees.columns[chosen.column]];
  const isWhole = [rows, columns].every(([first, last]) => first === 0 && last === SIDE - 1);
  return isWhole ? null : { rows, columns };
}

function tellSpan(layer) {
  const span = findSpan(layer);
  if (!span) return "Sees the whole digit.";
  const tell = ([first, last], one, many) => (first === last ? `${one} ${first + 1}` : `${many} ${first + 1}\u2013${last + 1}`);
  return `Sees ${tell(span.rows, "row", "rows")}, ${tell(span.columns, "column", "columns")}.`;
}

function drawDigit(layer) {
  const [context, side] = openSquare(digitFigure);
  const cell = side / SIDE;
  context.imageSmoothingEnabled = false;
  context.drawImage(passage.bitmap, 0, 0, side, side);
  const span = findSpan(layer);
  const [[top, bottom], [left, right]] = span ? [span.rows, span.columns] : [[0, SIDE - 1], [0, SIDE - 1]];
  const box = [left * cell, top * cell, (right + 1 - left) * cell, (bottom + 1 - top) * cell];
  // What it does not see is dimmed.
  context.globalAlpha = 0.6;
  context.fillStyle = ramps.colors.surface;
  context.beginPath();
  context.rect(0, 0, side, side);
  context.rect(...box);
  context.fill("evenodd");
  context.globalAlpha = 1;
  drawFrame(context, ramps.colors, box, side);
  digitFigure.querySelector("canvas").setAttribute("aria-label", `The digit: ${passage.caption}. ${tellSpan(layer)}`);
}

function drawMap(layer) {
  const [context, side] = openSquare(mapFigure);
  const caption = mapFigure.querySelector("figcaption");
  caption.textContent = isCells(layer) ? `All ${layer.count} numbers of ${layer.kind}`
    : `Map ${chosen.channel + 1} of ${layer.count}\n${layer.rows} × ${layer.columns}`;
  mapCanvas.setAttribute("aria-label", `${caption.textContent}. Arrow keys choose a unit.`);
  const { rows, columns } = layer;
  mapSheet = fitSquare({ count: isCells(layer) ? layer.count : 1, rows, columns }, side);
  if (!layer.bitmap) return;
  drawSheet(context, layer.bitmap, mapSheet, isCells(layer) ? 0 : chosen.channel);
  const [x, y] = placeOf(mapSheet, isCells(layer) ? chosen.channel : 0);
  const { cell } = mapSheet;
  drawFrame(context, ramps.colors, [x + chosen.column * cell, y + chosen.row * cell, cell, cell], side);
}

function drawWeights() {
  const known = weights.get(keyOf(chosen));
  if (!known) return;  // those of the last unit stay until these are there
  const [context, side] = openSquare(weightsFigure);
  weightsFigure.querySelector("figcaption").textContent = known.note;
  weightsFigure.querySelector("canvas").setAttribute("aria-label", known.note);
  if (!known.weights) return;
  const { count, rows, columns, bytes } = known.weights;
  drawSheet(context, paint(decode(bytes), columns, ramps.signed), fitSquare({ count, rows, columns }, side));
}

// ---- Questions about a unit: one under way at most, the latest next

let isLearning = false;

function findUnknown() {
  const { layer, channel } = chosen;
  if (!exact.has(layer) || !weights.has(keyOf(chosen))) return { layer, channel, with_values: !exact.has(layer) };
  const open = layers.find((each) => each.isOpen && !each.levels);
  return open && { layer: open.name, channel: 0, with_values: true };
}

async function learn() {
  if (isLearning) return;
  isLearning = true;
  for (let unknown = findUnknown(); unknown && maps.isConnected; unknown = findUnknown()) {
    const asked = passage;
    const text = await server.explain({ ...unknown, key: asked.key, version: asked.version, image: asked.image });
    if (passage !== asked) continue;  // about an image that is gone
    const detail = typeof text === "string" ? JSON.parse(text) : { error: "The server could not be reached." };
    if (detail.error !== undefined) {
      tellMistake(detail.error);
      break;
    }
    keep(detail);
    if (!shownSoon) shownSoon = requestAnimationFrame(showChosen);
  }
  isLearning = false;
}

function keep(detail) {
  const layer = layerOf(detail.layer);
  weights.set(keyOf(detail), { note: detail.note, weights: detail.weights });
  if (!detail.values) return;
  const numbers = new Float32Array(decode(detail.values).buffer);
  exact.set(detail.layer, numbers);
  if (layer.levels) return;
  const times = (layer.signed ? 127 : 255) / (layer.scale || 1);
  layer.levels = Uint8Array.from(numbers, (value) => Math.round(value * times) + (layer.signed ? 128 : 0));
  paintLayer(layer);
  drawLayer(layer);
}

// ---- Answers of Python's

function tellMistake(text, isMissing = false) {
  document.dispatchEvent(new CustomEvent("glassbox-maps", { detail: { text, isMissing } }));
}

PAGE.ask = createAsker((values) => server.answer({ values, chosen }), (text) => {
  if (typeof text === "string") takeAnswer(text);
  else tellMistake("The server could not be reached.");
});

function takeAnswer(text) {
  const answer = JSON.parse(text);
  tellMistake(answer.error || "", answer.is_missing);
  markOld(maps, Boolean(answer.error));
  if (answer.layers) show(answer);
}

function show(answer) {
  const before = passage;
  const isSame = Boolean(before) && before.layers.length === answer.layers.length
    && before.layers.every((layer, index) => layer.name === answer.layers[index].name && layer.title === answer.layers[index].title);
  passage = keptProps.passage = answer;
  maps.hidden = false;
  ramps = readRamps(maps);
  exact = new Map();
  if (!before || before.key !== answer.key || before.version !== answer.version) weights = new Map();
  const old = layers;
  layers = answer.layers;
  const rows = layers.map((layer, index) => {
    layer.levels = layer.bytes ? decode(layer.bytes) : null;
    if (layer.filters) layer.filters.levels = decode(layer.filters.bytes);
    if (!isSame) return buildRow(layer);
    const { parts, row, isOpen, bitmap } = old[index];  // the last bitmap of an unfolded layer stays until the next one
    return Object.assign(layer, { parts, isOpen, bitmap, row }).row;
  });
  if (!isSame) {
    chosen = answer.chosen;
    list.replaceChildren(...rows);
  }
  keep(answer.detail);
  digitFigure.querySelector("figcaption").textContent = answer.caption;
  fillAnswer();
  drawAll();
  learn();
  maps.dataset.drawn = Number(maps.dataset.drawn || 0) + 1;
}

function fillAnswer() {
  maps.querySelector(".gb-maps-verdict").textContent = passage.verdict;
  const head = { digit: "", logit: "logit", probability: "probability", share: 0 };
  const bars = [head, ...passage.bars].map((bar) => {
    const line = document.createElement("li");
    line.className = bar === head ? "is-head" : bar.is_largest ? "is-largest" : "";
    for (const [tag, text] of [["b", bar.digit], ["em", bar.logit], ["i", ""], ["span", bar.probability]]) {
      line.appendChild(document.createElement(tag)).textContent = text;
    }
    line.children[2].style.setProperty("--share", `${100 * bar.share}%`);
    return line;
  });
  maps.querySelector(".gb-maps-bars").replaceChildren(...bars);
}

// Theme, width or screen have changed.
function redraw() {
  if (!passage) return;
  ramps = readRamps(maps);
  drawAll();
}

function drawAll() {
  passage.bitmap = paint(decode(passage.digit), SIDE, ramps.ink);
  const available = list.clientWidth;  // read once: each reading after a change makes the browser lay out the page
  for (const layer of layers) {
    fillRow(layer);
    if (layer.levels) paintLayer(layer);
    drawLayer(layer, available);
  }
  showChosen();
}

// ---- Hands

function openMap() {
  if (!layerOf(chosen.layer).openable) return;
  props.value = { layer: chosen.layer, channel: chosen.channel };
  trigger("select");
}

function hold(wanted) {
  isHeld = wanted;
  buttons.hold.setAttribute("aria-pressed", String(wanted));
}

function stepMap(by) {
  const { count } = layerOf(chosen.layer);
  hold(true);
  choose({ ...chosen, channel: (chosen.channel + by + count) % count });
}

function onKey(event) {
  const row = event.target.closest(".gb-maps-layer");
  const layer = layerOf(row ? row.dataset.layer : chosen.layer);
  if (layer.name !== chosen.layer) {
    const [channel, r, column] = layer.strongest;
    choose({ layer: layer.name, channel, row: r, column });
  }
  const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const steps = { PageUp: -1, PageDown: 1 }[event.key];
  if (!move && !steps && event.key !== "Enter") return;
  event.preventDefault();
  if (event.key === "Enter") return openMap();
  if (steps) return stepMap(steps);
  if (isCells(layer)) {
    const { across } = row ? layer.parts.sheet.sheet : mapSheet;
    return choose({ ...chosen, channel: clamp(chosen.channel + move[0] * across + move[1], layer.count - 1) });
  }
  choose({ ...chosen, row: clamp(chosen.row + move[0], layer.rows - 1), column: clamp(chosen.column + move[1], layer.columns - 1) });
}

function onMap(event) {
  const layer = layerOf(chosen.layer);
  const { index, row, column } = unitAt(mapSheet, event.offsetX, event.offsetY);
  choose({ ...chosen, channel: isCells(layer) ? index : chosen.channel, row, column });
}

mapCanvas.addEventListener("pointerdown", onMap);
mapCanvas.addEventListener("pointermove", onMap);
mapCanvas.addEventListener("keydown", onKey);
maps.addEventListener("keydown", (event) => { if (event.key === "Escape") hold(false); });
buttons.hold.addEventListener("click", () => hold(!isHeld));
buttons.back.addEventListener("click", () => stepMap(-1));
buttons.next.addEventListener("click", () => stepMap(1));
buttons.open.addEventListener("click", openMap);

// The value is an answer as text; our own messages, which stand there in between, are objects.
function takeValue() {
  if (typeof props.value === "string") takeAnswer(props.value);
}


redrawOnChange(maps, redraw);
watch("value", takeValue);
// Gradio forgets a component's value while it is off the page: the page keeps what it showed.
if (keptProps.passage) show(keptProps.passage);
else takeValue();
