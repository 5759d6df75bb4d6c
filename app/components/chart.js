// The chart. Python sends the points; this script scales them to pixels and reads them out, nothing more.

const chart = element.querySelector(".gb-chart");
const plot = chart.querySelector(".gb-chart-plot");
const canvas = plot.querySelector("canvas");
const legend = chart.querySelector(".gb-chart-legend");
const spoken = chart.querySelector(".gb-chart-spoken");

const ROLE_COLORS = { training: "--gb-positive", validation: "--gb-negative",
  neutral: "--gb-text-soft", accent: "--gb-accent" };
const FONT = "12px ui-sans-serif, system-ui, sans-serif";

const HEIGHT = "height ".trim();  // gr.HTML takes a quoted word here for an event, and `gr.HTML(height=…)` would fail
let series = [];       // what is drawn: finite points only
let options = {};
let cursorX = null;    // the x that is being read, or null
let scale = null;      // the last drawing's mapping from data to pixels

function readValue() {
  options = props.value && typeof props.value === "object" ? props.value : {};
  const drawable = (point) => isNumber(point[0]) && isNumber(point[1]) && (!options.log_y || point[1] > 0);
  series = (options.series || []).map((one) => ({
    name: String(one.name || ""),
    color: ROLE_COLORS[one.role] || ROLE_COLORS.neutral,
    markers: Boolean(one.markers),
    line: one.line !== false,
    points: (one.points || []).filter(drawable),
  }));
}

function niceStep(span, wanted) {
  const rough = span / Math.max(1, wanted);
  const power = Math.pow(10, Math.floor(Math.log10(rough)));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999);
  return factor * power;
}

// Whole numbers (steps, epochs) are never split; the other ticks of an axis all show the same decimals.
function linearTicks(low, high, wanted, isWhole = false) {
  const step = isWhole ? Math.max(1, Math.round(niceStep(high - low, wanted))) : niceStep(high - low, wanted);
  const power = Math.floor(Math.log10(step));
  const decimals = Math.max(0, (step / Math.pow(10, power)) % 1 > 1e-9 ? 1 - power : -power);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    const at = Number((k * step).toFixed(Math.min(12, decimals)));
    const isPlain = step >= 1e-4 && Math.abs(at) < 1e6;
    ticks.push({ at, major: true, text: isPlain && step < 1 ? at.toFixed(decimals).replace("-", MINUS) : formatNumber(at) });
  }
  return ticks;
}

// Powers of ten where the axis spans several, 1-2-5 steps below that, plain steps where even those are too far apart.
function logTicks(low, high, wanted) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const inside = (value) => value >= low * 0.9999 && value <= high * 1.0001;
  const decades = [];
  for (let power = first; power <= last; power += 1) if (inside(Math.pow(10, power))) decades.push(power);
  const every = Math.max(1, Math.ceil(decades.length / wanted));
  const ticks = [];
  for (let power = first; power <= last; power += 1) {
    for (let factor = 1; factor < 10; factor += 1) {
      const at = factor * Math.pow(10, power);
      if (!inside(at)) continue;
      if (decades.length >= 3) {
        const major = factor === 1 && (power - decades[0]) % every === 0;
        if (major || last - first <= 4) ticks.push({ at, major, text: major ? "10" + superscript(power) : "" });
      } else {
        const major = factor === 1 || factor === 2 || factor === 5;
        ticks.push({ at, major, text: major ? formatNumber(at) : "" });
      }
    }
  }
  return ticks.filter((tick) => tick.major).length >= 2 ? ticks : linearTicks(low, high, wanted);
}

function rangeOf(index, fixed, isLog) {
  if (Array.isArray(fixed) && isNumber(fixed[0]) && isNumber(fixed[1]) && fixed[0] < fixed[1]
    && !(isLog && fixed[0] <= 0)) return fixed;
  let low = Infinity;
  let high = -Infinity;
  for (const one of series) {
    for (const point of one.points) {
      low = Math.min(low, point[index]);
      high = Math.max(high, point[index]);
    }
  }
  if (low > high) return isLog ? [0.1, 1] : [0, 1];
  if (isLog) {
    // In powers of ten, so that a loss near the end of the numbers does not become infinite here.
    const pad = low === high ? 0.3 : 0.06 * (Math.log10(high) - Math.log10(low));
    return [Math.pow(10, Math.max(-307, Math.log10(low) - pad)), Math.pow(10, Math.min(308, Math.log10(high) + pad))];
  }
  const pad = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * (index === 1 ? 0.06 : 0);
  return [low - pad, high + pad];
}

function buildScale(width, height) {
  const [xLow, xHigh] = rangeOf(0, options.x_range, false);
  const [yLow, yHigh] = rangeOf(1, options.y_range, options.log_y);
  const wantedY = Math.max(2, Math.floor(height / 56));
  const yTicks = options.log_y ? logTicks(yLow, yHigh, wantedY) : linearTicks(yLow, yHigh, wantedY);
  const context = fitCanvas(canvas, width, height);
  context.font = FONT;
  const widest = Math.max(24, ...yTicks.map((tick) => context.measureText(tick.text).width));
  const box = { left: Math.ceil(widest) + (options.y_label ? 30 : 12), right: width - 14,
    top: 10, bottom: height - (options.x_label ? 44 : 26) };
  const toUnit = options.log_y
    ? (y) => (Math.log(y) - Math.log(yLow)) / (Math.log(yHigh) - Math.log(yLow)) : (y) => (y - yLow) / (yHigh - yLow);
  return {
    context, box, yTicks,
    xTicks: linearTicks(xLow, xHigh, Math.max(2, Math.floor((box.right - box.left) / 80)),
      series.every((one) => one.points.every((point) => Number.isInteger(point[0])))),
    x: (value) => box.left + (value - xLow) / (xHigh - xLow) * (box.right - box.left),
    y: (value) => box.bottom - toUnit(value) * (box.bottom - box.top),
    fromPixel: (pixel) => xLow + (pixel - box.left) / (box.right - box.left) * (xHigh - xLow),
  };
}

function drawAxes(width, height, colors) {
  const { context, box } = scale;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  for (const tick of scale.yTicks) {
    const y = Math.round(scale.y(tick.at)) + 0.5;
    context.strokeStyle = colors.grid;
    context.globalAlpha = tick.major ? 1 : 0.45;
    context.beginPath();
    context.moveTo(box.left, y);
    context.lineTo(box.right, y);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = colors.label;
    context.textAlign = "right";
    context.fillText(tick.text, box.left - 8, y);
  }
  context.textAlign = "center";
  for (const tick of scale.xTicks) {
    const half = context.measureText(tick.text).width / 2;
    context.fillText(tick.text, Math.min(scale.x(tick.at), width - half), box.bottom + 15);
  }
  context.strokeStyle = colors.axis;
  context.beginPath();
  context.moveTo(box.left, box.bottom + 0.5);
  context.lineTo(box.right, box.bottom + 0.5);
  context.stroke();
  context.fillText(options.x_label || "", (box.left + box.right) / 2, height - 8);
  context.save();
  context.translate(9, (box.top + box.bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(options.y_label || "", 0, 0);
  context.restore();
}

function drawSeries(one, colors) {
  const { context } = scale;
  context.strokeStyle = context.fillStyle = colors[one.color];
  context.lineWidth = 2;
  context.lineJoin = context.lineCap = "round";
  if (one.line) {
    context.beginPath();
    one.points.forEach(([x, y]) => context.lineTo(scale.x(x), scale.y(y)));
    context.stroke();
  }
  // A line of a single point would be invisible, so it gets its marker in any case.
  if (one.markers || one.points.length === 1) for (const [x, y] of one.points) drawDot(x, y, 4, colors);
}

function drawDot(x, y, radius, colors) {
  const { context } = scale;
  context.beginPath();
  context.arc(scale.x(x), scale.y(y), radius, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = colors.surface;
  context.lineWidth = 1.5;
  context.stroke();
}

function nearestPoint(points, x) {
  return points.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best), points[0]);
}

function drawCursor(colors) {
  const { context, box } = scale;
  const x = Math.round(scale.x(cursorX)) + 0.5;
  context.strokeStyle = colors[ROLE_COLORS.accent];
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, box.top);
  context.lineTo(x, box.bottom);
  context.stroke();
  for (const one of series) {
    if (!one.points.length) continue;
    const [pointX, pointY] = nearestPoint(one.points, cursorX);
    context.fillStyle = colors[one.color];
    drawDot(pointX, pointY, 5, colors);
  }
}

function draw() {
  const width = plot.clientWidth;
  const height = plot.clientHeight;
  if (width < 40) return;  // still in a closed tab; the size observer calls again
  const names = { grid: "--gb-line", axis: "--gb-line-strong", label: "--gb-text-soft", surface: "--gb-surface" };
  for (const property of Object.values(ROLE_COLORS)) names[property] = property;
  const colors = readColors(chart, names);
  scale = buildScale(width, height);
  const { context, box } = scale;
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  drawAxes(width, height, colors);
  context.save();
  context.beginPath();
  context.rect(box.left - 6, box.top - 6, box.right - box.left + 12, box.bottom - box.top + 6);
  context.clip();
  for (const one of series) drawSeries(one, colors);
  if (cursorX !== null) drawCursor(colors);
  context.restore();
  if (!series.some((one) => one.points.length)) {
    context.fillStyle = colors.label;
    context.textAlign = "center";
    context.font = "15px ui-sans-serif, system-ui, sans-serif";
    context.fillText(options.empty || "Nothing to draw yet", (box.left + box.right) / 2, (box.top + box.bottom) / 2);
  }
}

// One legend entry a series; the numbers in it follow the cursor and rest on the last point.
function fillLegend() {
  const shown = series.map((one) => one.points.length
    ? (cursorX === null ? one.points[one.points.length - 1] : nearestPoint(one.points, cursorX)) : null);
  const wanted = series.length + 1;
  while (legend.children.length > wanted) legend.lastChild.remove();
  while (legend.children.length < wanted) {
    const item = document.createElement("span");
    for (const part of ["swatch", "name", "value"]) {
      item.appendChild(document.createElement("span")).className = `gb-chart-${part}`;
    }
    legend.appendChild(item);
  }
  const [xItem, ...items] = legend.children;
  xItem.className = "gb-chart-x";
  const readX = cursorX !== null ? cursorX : Math.max(...shown.filter(Boolean).map((point) => point[0]));
  xItem.textContent = isNumber(readX) ? `${options.x_label || "x"} ${formatNumber(readX)}` : "";
  items.forEach((item, index) => {
    const one = series[index];
    const [swatch, name, number] = item.children;
    swatch.className = `gb-chart-swatch${one.line ? "" : " no-line"}${one.markers ? "" : " no-markers"}`;
    swatch.style.setProperty("--swatch", `var(${one.color})`);
    // A series without a point here answers with another one, and says where that is.
    const isElsewhere = shown[index] && shown[index][0] !== readX;
    name.textContent = one.name + (isElsewhere ? ` at ${formatNumber(shown[index][0])}` : "");
    number.textContent = shown[index] ? formatNumber(shown[index][1]) : "\u2013";
    item.title = shown[index] ? `${one.name}: ${shown[index][1]} at ${options.x_label || "x"} ${shown[index][0]}` : "";
  });
  return items.map((item, index) => `${series[index].name} ${item.children[2].textContent}`).join(", ");
}

function refresh() {
  const summary = fillLegend();
  canvas.setAttribute("aria-label", [props.label, options.empty && !summary ? options.empty : summary]
    .filter(Boolean).join(": ") + ". Arrow keys read the values.");
  draw();
  return summary;
}

function allX() {
  return [...new Set(series.flatMap((one) => one.points.map((point) => point[0])))].sort((a, b) => a - b);
}

function moveCursor(x) {
  const known = allX();
  cursorX = known.length && x !== null ? nearestPoint(known.map((value) => [value]), x)[0] : null;
  return refresh();
}

canvas.addEventListener("pointermove", (event) => {
  if (scale) moveCursor(scale.fromPixel(event.offsetX));
});
canvas.addEventListener("pointerdown", (event) => {
  if (scale) moveCursor(scale.fromPixel(event.offsetX));
});
canvas.addEventListener("pointerleave", () => moveCursor(null));
canvas.addEventListener("blur", () => moveCursor(null));
canvas.addEventListener("keydown", (event) => {
  const known = allX();
  const here = cursorX === null ? known.length - 1 : known.indexOf(cursorX);
  const step = event.shiftKey ? Math.max(1, Math.round(known.length / 10)) : 1;
  const target = { ArrowLeft: here - step, ArrowRight: here + step, Home: 0, End: known.length - 1 }[event.key];
  if (event.key === "Escape") moveCursor(null);
  if (target === undefined || !known.length) return;
  event.preventDefault();
  const summary = moveCursor(known[Math.min(known.length - 1, Math.max(0, target))]);
  spoken.textContent = `${options.x_label || "x"} ${formatNumber(cursorX)}: ${summary}`;
});

function takeValue() {
  readValue();
  chart.querySelector(".gb-chart-title").textContent = props.label || "";
  chart.querySelector(".gb-chart-note").textContent = options.note || "";
  plot.style.height = `${ownProp(HEIGHT)}px`;
  if (cursorX !== null) moveCursor(cursorX);
  else refresh();
}

redrawOnChange(plot, draw);
watch(["value", "label", HEIGHT], takeValue);
takeValue();
