// The pixel grids. Values, results and geometry come from Python; this script paints them and spells them out.

const STEP_MS = 250;
const GAP_PX = 28;
const grids = element.querySelector(".gb-grids");
const row = grids.querySelector(".gb-grids-panels");
const place = grids.querySelector(".gb-grids-place");
const terms = grids.querySelector(".gb-grids-terms");
const playButton = grids.querySelector("[data-move='play']");

let panels = [];           // what Python sent, each with its canvas
let link = null;           // how the panels hang together, or null
let selected = null;       // { row, column } in the outputs
let playing = !prefersReducedMotion();
let colors = {};

const pair = (value, fallback) => (Array.isArray(value) ? value : [value ?? fallback, value ?? fallback]);
const panelOf = (id) => panels.find((panel) => panel.id === id);
const numRows = (panel) => panel.values.length;
const numColumns = (panel) => (panel.values[0] || []).length;

function readValue() {
  const value = props.value && typeof props.value === "object" ? props.value : {};
  panels = (value.panels || []).filter((panel) => Array.isArray(panel.values)).map((panel) => ({ ...panel }));
  link = null;
  const raw = value.link;
  if (raw && panelOf(raw.input) && (raw.outputs || []).some(panelOf)) {
    link = { input: panelOf(raw.input), kernel: panelOf(raw.kernel) || null, outputs: raw.outputs.map(panelOf).filter(Boolean),
      size: pair(raw.kernel_size, 1), stride: pair(raw.stride, 1), padding: pair(raw.padding, 0),
      dilation: pair(raw.dilation, 1), kind: raw.kind, bias: raw.bias };
  }
  grids.querySelector(".gb-grids-hint").textContent = value.hint || "";
  grids.querySelector(".gb-grids-top").hidden = !link && !value.hint;
  grids.querySelector(".gb-grids-transport").hidden = !link;
  grids.querySelector(".gb-grids-sum").hidden = !link;
}

// ---- Panels

function buildPanels() {
  const figures = panels.map((panel, index) => {
    const kept = row.children[index];
    const figure = kept || document.createElement("figure");
    if (!kept) {
      figure.className = "gb-grids-panel";
      figure.appendChild(document.createElement("figcaption"));
      figure.appendChild(document.createElement("canvas"));
      const canvas = figure.lastChild;
      canvas.addEventListener("pointermove", (event) => onPoint(index, event));
      canvas.addEventListener("pointerdown", (event) => onPoint(index, event));
      canvas.addEventListener("keydown", onKey);
    }
    const note = document.createElement("small");
    note.textContent = panel.note || "\u00a0";
    figure.firstChild.replaceChildren(String(panel.title || ""), note);
    panel.canvas = figure.lastChild;
    const isPointable = Boolean(link) && panel !== link.kernel;
    panel.canvas.tabIndex = isPointable ? 0 : -1;
    panel.canvas.setAttribute("role", "img");
    panel.canvas.setAttribute("aria-label", `${panel.title || "Grid"}, ${numRows(panel)} by ${numColumns(panel)} pixels`
      + (isPointable ? ". Arrow keys move the window, Space plays or pauses." : ""));
    panel.canvas.classList.toggle("is-linked", isPointable);
    // The input carries a ring of padding, so that a window can be seen to hang over the edge.
    panel.ring = link && panel === link.input ? link.padding : [0, 0];
    return figure;
  });
  row.replaceChildren(...figures);
}

// The kernel gets cells that hold a number; the others share the rest of the row, or stand two in a row.
function layOut() {
  const available = row.clientWidth;
  if (available < 40) return false;
  const isSmall = (panel) => Boolean(link) && panel === link.kernel;
  const smallWidth = (panel) => Math.min(available * 0.4, Math.max(96, numColumns(panel) * 48), 168);
  const large = panels.filter((panel) => !isSmall(panel));
  const taken = panels.filter(isSmall).reduce((sum, panel) => sum + smallWidth(panel) + GAP_PX, 0);
  let width = (available - taken - (large.length - 1) * GAP_PX) / Math.max(1, large.length);
  for (const perRow of [4, 3, 2]) {
    if (width < 170 && perRow <= large.length) width = (available - (perRow - 1) * GAP_PX) / perRow;
  }
  width = Math.min(available, Math.max(width, Math.min(140, available)), 420);
  // Grids of about one size get one size of cell, so that a ring of padding does not shrink the picture beside it.
  const widest = Math.max(...large.map((panel) => numColumns(panel) + 2 * panel.ring[1]));
  for (const panel of panels) {
    const columns = numColumns(panel) + 2 * panel.ring[1];
    const target = isSmall(panel) ? smallWidth(panel) : width;
    const cell = target / Math.max(!isSmall(panel) && columns > 0.7 * widest ? widest : columns, 1);
    panel.cell = cell >= 10 ? Math.floor(cell) : Math.floor(cell * 10) / 10;
    panel.width = panel.cell * columns;
    panel.height = panel.cell * (numRows(panel) + 2 * panel.ring[0]);
    panel.canvas.style.width = `${panel.width}px`;
    panel.canvas.style.height = `${panel.height}px`;
    panel.canvas.parentNode.style.maxWidth = `${Math.max(panel.width, 120)}px`;
  }
  return true;
}

function rgb(color) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = color;
  return [1, 3, 5].map((at) => parseInt(context.fillStyle.slice(at, at + 2), 16));
}

function colorOf(value, panel) {
  const share = Math.min(1, Math.abs(value) / (panel.max || 1));
  const [from, to] = panel.scale === "signed"
    ? [colors.zero, value < 0 ? colors.negative : colors.positive] : [colors.sunk, colors.ink];
  return from.map((channel, index) => channel + (to[index] - channel) * share);
}

// One pixel a cell, painted once for each value or theme; the screen's copy is scaled up from it.
function paintCells(panel) {
  const [rows, columns] = [numRows(panel), numColumns(panel)];
  panel.bitmap = document.createElement("canvas");
  panel.bitmap.width = Math.max(1, columns);
  panel.bitmap.height = Math.max(1, rows);
  const context = panel.bitmap.getContext("2d");
  const pixels = context.createImageData(Math.max(1, columns), Math.max(1, rows));
  panel.values.forEach((line, r) => line.forEach((value, c) => {
    if (isNumber(value)) pixels.data.set([...colorOf(value, panel), 255], 4 * (r * columns + c));
  }));
  context.putImageData(pixels, 0, 0);
}

function drawPanel(panel) {
  const { cell, width, height } = panel;
  const context = fitCanvas(panel.canvas, width, height);
  const [padTop, padLeft] = [panel.ring[0] * cell, panel.ring[1] * cell];
  const [inner, outer] = [numColumns(panel) * cell, numRows(panel) * cell];
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  context.drawImage(panel.bitmap, padLeft, padTop, inner, outer);
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  if (cell >= 10) {
    context.beginPath();
    for (let x = padLeft; x <= padLeft + inner + 0.1; x += cell) {
      context.moveTo(Math.min(x + 0.5, width - 0.5), padTop);
      context.lineTo(Math.min(x + 0.5, width - 0.5), padTop + outer);
    }
    for (let y = padTop; y <= padTop + outer + 0.1; y += cell) {
      context.moveTo(padLeft, Math.min(y + 0.5, height - 0.5));
      context.lineTo(padLeft + inner, Math.min(y + 0.5, height - 0.5));
    }
    context.stroke();
  }
  context.strokeStyle = colors.lineStrong;
  context.strokeRect(padLeft + 0.5, padTop + 0.5, inner - 1, outer - 1);
  if (padTop || padLeft) {
    context.setLineDash([3, 3]);
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    context.setLineDash([]);
  }
  if (cell >= 34) drawNumbers(context, panel, padLeft, padTop);
  if (selected && link) drawSelection(context, panel);
}

function drawNumbers(context, panel, left, top) {
  context.font = "11px ui-sans-serif, system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  panel.values.forEach((line, r) => line.forEach((value, c) => {
    if (!isNumber(value)) return;
    const [red, green, blue] = colorOf(value, panel);
    context.fillStyle = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#101620" : "#ffffff";
    context.fillText(formatNumber(value, 2), left + (c + 0.5) * panel.cell, top + (r + 0.5) * panel.cell);
  }));
}

function drawSelection(context, panel) {
  let box = null;
  if (panel === link.input) {
    box = [selected.column * link.stride[1], selected.row * link.stride[0],
      (link.size[1] - 1) * link.dilation[1] + 1, (link.size[0] - 1) * link.dilation[0] + 1];
  } else if (panel === link.kernel) {
    box = [0, 0, numColumns(panel), numRows(panel)];
  } else if (link.outputs.includes(panel)) {
    box = [selected.column, selected.row, 1, 1];
  }
  if (!box) return;
  const [x, y, width, height] = box.map((count) => count * panel.cell);
  // A light and a dark edge around the accent keep the mark visible on every value, orange or blue.
  for (const [color, thickness, outset] of [[colors.halo, 5, 1], [colors.accent, 3, 1]]) {
    context.strokeStyle = color;
    context.lineWidth = thickness;
    const left = Math.max(thickness / 2, x - outset);
    const top = Math.max(thickness / 2, y - outset);
    const right = Math.min(panel.width - thickness / 2, x + width + outset);
    const bottom = Math.min(panel.height - thickness / 2, y + height + outset);
    context.strokeRect(left, top, right - left, bottom - top);
  }
}

// ---- Legend

function fillLegend() {
  const groups = new Map();
  for (const panel of panels) {
    const key = `${panel.scale}|${panel.max}`;
    groups.set(key, [...(groups.get(key) || []), panel]);
  }
  const css = (color) => `rgb(${color.join(" ")})`;
  const entries = [...groups.values()].map((members) => {
    const { scale, max } = members[0];
    const entry = document.createElement("div");
    entry.className = "gb-grids-scale";
    const stops = scale === "signed" ? [colors.negative, colors.zero, colors.positive] : [colors.sunk, colors.ink];
    const limits = scale === "signed" ? [-max, 0, max] : [0, max / 2, max];
    const title = document.createElement("em");
    title.textContent = members.map((panel) => panel.title).join(", ");
    const bar = document.createElement("i");
    bar.style.background = `linear-gradient(to right, ${stops.map(css).join(", ")})`;
    entry.append(title, bar, ...limits.map((limit) => {
      const mark = document.createElement("span");
      mark.textContent = formatNumber(limit, 3);
      return mark;
    }));
    return entry;
  });
  grids.querySelector(".gb-grids-legend").replaceChildren(...entries);
}

// ---- Moving

function select(target) {
  if (!link) return;
  const [rows, columns] = [numRows(link.outputs[0]), numColumns(link.outputs[0])];
  if (!rows || !columns) return;
  selected = { row: Math.min(rows - 1, Math.max(0, target.row)), column: Math.min(columns - 1, Math.max(0, target.column)) };
  for (const panel of panels) if (panel.bitmap && panel.width) drawPanel(panel);
  spellOut();
}

function walk(by) {
  if (!link || !selected) return;
  const columns = numColumns(link.outputs[0]);
  const total = columns * numRows(link.outputs[0]);
  const next = (selected.row * columns + selected.column + by + total) % total;
  select({ row: Math.floor(next / columns), column: next % columns });
}

function setPlaying(wanted) {
  playing = wanted;
  playButton.textContent = playing ? "Pause" : "Play";
  playButton.setAttribute("aria-pressed", String(playing));
}

// A pixel of an output is chosen as it is; a pixel of the input chooses the window that has it in the middle.
function onPoint(index, event) {
  const panel = panels[index];
  if (!link || !panel || panel === link.kernel) return;
  const [r, c] = [Math.floor(event.offsetY / panel.cell), Math.floor(event.offsetX / panel.cell)];
  const middle = (axis, at) => Math.round((at - (link.size[axis] - 1) * link.dilation[axis] / 2) / link.stride[axis]);
  setPlaying(false);
  select(panel === link.input ? { row: middle(0, r), column: middle(1, c) } : { row: r, column: c });
}

function onKey(event) {
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (!link || !selected || (event.key !== " " && !moves[event.key])) return;
  event.preventDefault();
  if (event.key === " ") return setPlaying(!playing);
  setPlaying(false);
  select({ row: selected.row + moves[event.key][0], column: selected.column + moves[event.key][1] });
}

function strongestPixel() {
  let best = { row: 0, column: 0, size: -1 };
  link.outputs[0].values.forEach((line, r) => line.forEach((value, c) => {
    if (isNumber(value) && Math.abs(value) > best.size) best = { row: r, column: c, size: Math.abs(value) };
  }));
  return best;
}

function redraw() {
  const names = { zero: "--gb-zero", positive: "--gb-positive", negative: "--gb-negative", sunk: "--gb-surface-sunk",
    ink: "--gb-ink", line: "--gb-line", lineStrong: "--gb-line-strong", accent: "--gb-accent", halo: "--gb-surface" };
  colors = readColors(grids, names);
  for (const key of ["zero", "positive", "negative", "sunk", "ink"]) colors[key] = rgb(colors[key]);
  fillLegend();
  if (!layOut()) return;
  for (const panel of panels) {
    paintCells(panel);
    drawPanel(panel);
  }
}

function takeValue() {
  const wasShape = selected && link ? `${numRows(link.outputs[0])}x${numColumns(link.outputs[0])}` : "";
  readValue();
  buildPanels();
  terms.style.minHeight = "";
  const shape = link ? `${numRows(link.outputs[0])}x${numColumns(link.outputs[0])}` : "";
  if (!link) selected = null;
  else if (!selected || shape !== wasShape) selected = strongestPixel();
  redraw();
  spellOut();
}

grids.querySelector("[data-move='back']").addEventListener("click", () => { setPlaying(false); walk(-1); });
grids.querySelector("[data-move='step']").addEventListener("click", () => { setPlaying(false); walk(1); });
playButton.addEventListener("click", () => setPlaying(!playing));
const timer = setInterval(() => {
  if (!grids.isConnected) clearInterval(timer);
  else if (playing && grids.offsetParent && !document.hidden) walk(1);
}, STEP_MS);

redrawOnChange(row, () => { redraw(); spellOut(); });
watch("value", takeValue);
setPlaying(playing);
takeValue();
