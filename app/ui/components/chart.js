// The chart. Python sends the points; this script scales them to pixels and reads them out, nothing more.
/** @import { Axes, Chart, ChartValue, Colors, Context, Point, Scale, Series } from "./types.js" */

import { AXIS_COLORS, blit, buildScale, clipToBox, drawAxes } from "./axes.js";
import { contextOf, fitCanvas, offsetIn, readColors, redrawWhenNear } from "./canvas.js";
import { findPart, setText } from "./nodes.js";
import { formatNumber, isNumber } from "./numbers.js";
import { buildSwatch, drawShape, SERIES_COLORS, SERIES_SHAPES } from "./series.js";

/** @type {Record<string, string>} */
const ROLE_COLORS = {
  training: "--gb-positive",
  validation: "--gb-negative",
  neutral: "--gb-text-soft",
  ...Object.fromEntries(SERIES_COLORS.map((color, slot) => [`series${slot + 1}`, color])),
};
const PALE = 0.38; // how much of a pale series' colour is seen

/** @type {(series: { points: Point[] }[], index: number, fixed: unknown, isLog: boolean | undefined) => Point} */
export function rangeOf(series, index, fixed, isLog) {
  if (
    Array.isArray(fixed) &&
    isNumber(fixed[0]) &&
    isNumber(fixed[1]) &&
    fixed[0] < fixed[1] &&
    !(isLog && fixed[0] <= 0)
  )
    return fixed;
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
    return [10 ** Math.max(-307, Math.log10(low) - pad), 10 ** Math.min(308, Math.log10(high) + pad)];
  }
  const pad = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * (index === 1 ? 0.06 : 0);
  return [low - pad, high + pad];
}

/** @type {(points: Point[], x: number) => Point} */
export function nearestPoint(points, x) {
  return points.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best), points[0]);
}

// `root` is a .gb-chart. With `onCursor` the chart has a cursor that its owner moves: a press on the chart only asks
// for it, onCursor(x), and hovering reads values beside it. Without, the pointer and the arrow keys read values.
/** @type {(root: HTMLElement, how?: { onCursor?: ((x: number) => void) | null }) => Chart} */
export function createChart(root, { onCursor = null } = {}) {
  const plot = findPart(root, ".gb-chart-plot");
  const canvas = /** @type {HTMLCanvasElement} */ (plot.querySelector("canvas"));
  const legend = findPart(root, ".gb-chart-legend");
  const spoken = findPart(root, ".gb-chart-spoken");
  const context = contextOf(canvas);
  const backdrop = document.createElement("canvas"); // everything but the cursor, once there is one
  let hasBackdrop = false;

  /** @type {Series[]} */
  let series = []; // what is drawn: finite points only
  /** @type {ChartValue} */
  let options = {};
  let label = "";
  /** @type {number[]} */
  let knownX = [];
  /** @type {number | null} */
  let readX = null; // the x that is being read, or null
  /** @type {number | null} */
  let cursorX = null; // where the owner's cursor stands, or null
  /** @type {Axes} */
  let axes; // none before the first value
  /** @type {Scale} */
  let scale; // the last drawing's mapping from data to pixels
  /** @type {Colors} */
  let colors = {};

  /** @type {(point: unknown[]) => boolean} */
  const isDrawable = (point) =>
    isNumber(point[0]) && isNumber(point[1]) && (!options.log_x || point[0] > 0) && (!options.log_y || point[1] > 0);

  /** @type {(value: unknown, newLabel: string | undefined) => void} */
  function setValue(value, newLabel) {
    options = value && typeof value === "object" ? value : {};
    label = newLabel || "";
    series = (options.series || []).map((one) => {
      const color = ROLE_COLORS[one.role ?? "neutral"] || ROLE_COLORS.neutral;
      return {
        name: String(one.name || ""),
        color,
        slot: SERIES_COLORS.indexOf(color),
        markers: Boolean(one.markers),
        line: one.line !== false,
        pale: Boolean(one.pale),
        points: (one.points || []).filter(isDrawable),
      };
    });
    knownX = [...new Set(series.flatMap((one) => one.points.map((point) => point[0])))].sort((a, b) => a - b);
    show();
  }

  // Points that come after those that are there: a list a series, in the order of the series. `changes` replaces entries
  // of the value, such as x_range. Points that do not lie beyond a series' last one are left out.
  /** @type {(additions: Point[][], changes?: ChartValue) => void} */
  function addPoints(additions, changes = {}) {
    Object.assign(options, changes);
    const isNew = new Set();
    series.forEach((one, index) => {
      for (const point of (additions[index] || []).filter(isDrawable)) {
        if (one.points.length && point[0] <= one.points[one.points.length - 1][0]) continue;
        one.points.push(point);
        isNew.add(point[0]);
      }
    });
    const last = knownX.length ? knownX[knownX.length - 1] : -Infinity;
    const isBeyond = [...isNew].every((x) => x > last);
    knownX = isBeyond
      ? [...knownX, ...[...isNew].sort((a, b) => a - b)]
      : [...new Set([...knownX, ...isNew])].sort((a, b) => a - b);
    show();
  }

  function show() {
    axes = {
      x_label: options.x_label,
      y_label: options.y_label,
      log_x: options.log_x,
      log_y: options.log_y,
      x_range: rangeOf(series, 0, options.x_range, options.log_x),
      y_range: rangeOf(series, 1, options.y_range, options.log_y),
      whole_x: knownX.every(Number.isInteger),
    };
    setText(findPart(root, ".gb-chart-title"), label);
    setText(findPart(root, ".gb-chart-note"), options.note || "");
    readX = snap(readX);
    describe();
    drawSoon();
  }

  /** @type {(x: number | null) => number | null} */
  function snap(x) {
    return x === null || !knownX.length
      ? null
      : nearestPoint(
          knownX.map((known) => [known]),
          x,
        )[0];
  }

  // ---- Drawing

  /** @type {(target: Context, one: Series, point: Point, size: number) => void} */
  function drawMark(target, one, [x, y], size) {
    drawShape(target, SERIES_SHAPES[one.slot] || SERIES_SHAPES[0], scale.x(x), scale.y(y), {
      color: colors[one.color],
      halo: colors.surface,
      size,
    });
  }

  /** @type {(target: Context, one: Series) => void} */
  function drawSeries(target, one) {
    target.strokeStyle = colors[one.color];
    target.lineWidth = one.pale ? 1 : 2;
    target.lineJoin = target.lineCap = "round";
    if (one.line) {
      target.globalAlpha = one.pale ? PALE : 1;
      target.beginPath();
      one.points.forEach(([x, y]) => target.lineTo(scale.x(x), scale.y(y)));
      target.stroke();
      target.globalAlpha = 1;
    }
    // A line of a single point would be invisible, so it gets its marker in any case.
    if (one.markers || one.points.length === 1) for (const point of one.points) drawMark(target, one, point, 0.65);
  }

  /** @type {(x: number, color: string) => void} */
  function drawCursor(x, color) {
    const at = Math.round(scale.x(x)) + 0.5;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(at, scale.box.top);
    context.lineTo(at, scale.box.bottom);
    context.stroke();
    for (const one of series) {
      if (one.points.length && !one.pale) drawMark(context, one, nearestPoint(one.points, x), 0.8);
    }
  }

  // Without a cursor straight to the screen: a backdrop for every new point would be as many bitmaps to clear away.
  function draw() {
    if (!scale) return;
    if (cursorX === null && readX === null) return drawAll(context);
    if (!hasBackdrop) drawAll(fitCanvas(backdrop, plot.clientWidth, plot.clientHeight));
    hasBackdrop = true;
    blit(context, backdrop);
    context.save();
    clipToBox(context, scale.box, 6);
    if (cursorX !== null && knownX.length) drawCursor(cursorX, colors.accent);
    if (readX !== null) drawCursor(readX, onCursor ? colors.label : colors.accent);
    context.restore();
  }

  function redraw() {
    const width = plot.clientWidth;
    const height = plot.clientHeight;
    if (width < 40 || !axes) return; // still in a closed tab; the size observer calls again
    colors = readColors(root, {
      ...AXIS_COLORS,
      ...Object.fromEntries(Object.values(ROLE_COLORS).map((name) => [name, name])),
    });
    scale = buildScale(fitCanvas(canvas, width, height), width, height, axes);
    hasBackdrop = false;
    draw();
  }

  /** @type {(target: Context) => void} */
  function drawAll(target) {
    const { box } = scale;
    target.clearRect(0, 0, plot.clientWidth, plot.clientHeight);
    drawAxes(target, scale, axes, colors);
    target.save();
    clipToBox(target, box, 6);
    for (const one of series) drawSeries(target, one);
    target.restore();
    if (knownX.length) return;
    target.fillStyle = colors.label;
    target.textAlign = "center";
    target.font = "15px ui-sans-serif, system-ui, sans-serif";
    target.fillText(options.empty || "Nothing to draw yet", (box.left + box.right) / 2, (box.top + box.bottom) / 2);
  }

  // ---- Reading

  function buildLegendItem() {
    const item = document.createElement("span");
    for (const part of ["swatch", "name", "value"]) {
      item.appendChild(document.createElement("span")).className = `gb-chart-${part}`;
    }
    return item;
  }

  // One legend entry a series; the numbers in it follow the cursor and rest on the last point.
  function fillLegend() {
    const at = readX ?? cursorX;
    const shown = series.map((one) =>
      one.points.length ? (at === null ? one.points[one.points.length - 1] : nearestPoint(one.points, at)) : null,
    );
    while (legend.children.length > series.length + 1) legend.lastElementChild?.remove();
    if (!legend.children.length) legend.appendChild(document.createElement("span"));
    while (legend.children.length < series.length + 1) legend.appendChild(buildLegendItem());
    const [xItem, ...items] = /** @type {HTMLElement[]} */ ([...legend.children]);
    xItem.className = "gb-chart-x";
    const legendX = at ?? Math.max(...shown.flatMap((point) => (point ? [point[0]] : [])));
    setText(xItem, isNumber(legendX) ? `${options.x_label || "x"} ${formatNumber(legendX)}` : "");
    items.forEach((item, index) => {
      const one = series[index];
      const [swatch, name, number] = /** @type {HTMLElement[]} */ ([...item.children]);
      swatch.className = `gb-chart-swatch${one.line ? "" : " no-line"}${one.markers ? "" : " no-markers"}${one.pale ? " is-pale" : ""}`;
      swatch.style.setProperty("--swatch", `var(${one.color})`);
      if (swatch.dataset.slot !== String(one.slot)) {
        swatch.replaceChildren(...(one.slot >= 0 ? [buildSwatch(one.slot)] : []));
        swatch.dataset.slot = `${one.slot}`;
      }
      // A series without a point here answers with another one, and says where that is.
      const point = shown[index];
      const isElsewhere = point && point[0] !== legendX;
      setText(name, one.name + (isElsewhere ? ` at ${formatNumber(point[0])}` : ""));
      setText(number, point ? formatNumber(point[1]) : "\u2013");
      item.title = point ? `${one.name}: ${point[1]} at ${options.x_label || "x"} ${point[0]}` : "";
    });
    return items.map((item, index) => `${series[index].name} ${item.children[2].textContent}`).join(", ");
  }

  function describe() {
    const summary = fillLegend();
    canvas.setAttribute(
      "aria-label",
      [label, options.empty && !summary ? options.empty : summary].filter(Boolean).join(": ") +
        (onCursor ? ". Arrow keys move the cursor." : ". Arrow keys read the values."),
    );
    return summary;
  }

  /** @type {(x: number | null) => string} */
  function read(x) {
    readX = snap(x);
    const summary = describe();
    draw();
    return summary;
  }

  /** @type {(x: number | null) => void} */
  function setCursor(x) {
    cursorX = x;
    describe();
    draw();
  }

  /** @type {(event: PointerEvent) => void} */
  function onPointer(event) {
    if (!scale) return;
    const x = scale.xAt(offsetIn(event).x);
    if (onCursor && (event.type === "pointerdown" || canvas.hasPointerCapture(event.pointerId))) {
      if (event.type === "pointerdown") canvas.setPointerCapture(event.pointerId);
      readX = null;
      onCursor(x);
    } else {
      read(x);
    }
  }

  canvas.addEventListener("pointermove", onPointer);
  canvas.addEventListener("pointerdown", onPointer);
  canvas.addEventListener("pointerleave", () => read(null));
  canvas.addEventListener("blur", () => read(null));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") read(null);
    if (onCursor) return; // the owner has the keys
    const here = readX === null ? knownX.length - 1 : knownX.indexOf(readX);
    const step = event.shiftKey ? Math.max(1, Math.round(knownX.length / 10)) : 1;
    const target = { ArrowLeft: here - step, ArrowRight: here + step, Home: 0, End: knownX.length - 1 }[event.key];
    if (target === undefined || !knownX.length) return;
    event.preventDefault();
    const summary = read(knownX[Math.min(knownX.length - 1, Math.max(0, target))]);
    spoken.textContent = `${options.x_label || "x"} ${formatNumber(readX)}: ${summary}`;
  });

  const drawSoon = redrawWhenNear(plot, redraw);
  return { setValue, addPoints, setCursor };
}
