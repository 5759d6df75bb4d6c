// Axes: ticks that a person can read, and the way from data to pixels and back. Every chart and plot with axes builds on them.
/** @import { Axes, Box, Colors, Context, Scale, Tick } from "./types.js" */

import { formatNumber, MINUS, superscript } from "./numbers.js";

export const FONT = "12px ui-sans-serif, system-ui, sans-serif";
export const AXIS_COLORS = {
  grid: "--gb-line",
  axis: "--gb-line-strong",
  label: "--gb-text-soft",
  text: "--gb-text",
  surface: "--gb-surface",
  accent: "--gb-accent",
};

/** @type {(span: number, wanted: number) => number} */
export function niceStep(span, wanted) {
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return factor * power;
}

// Whole numbers (steps, epochs) are never split; the other ticks of an axis all show the same decimals.
/** @type {(low: number, high: number, wanted: number, isWhole?: boolean) => Tick[]} */
export function linearTicks(low, high, wanted, isWhole = false) {
  const step = isWhole ? Math.max(1, Math.round(niceStep(high - low, wanted))) : niceStep(high - low, wanted);
  const power = Math.floor(Math.log10(step));
  const decimals = Math.max(0, (step / 10 ** power) % 1 > 1e-9 ? 1 - power : -power);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    const at = Number((k * step).toPrecision(12));
    const isPlain = step >= 1e-4 && Math.abs(at) < 1e6;
    ticks.push({
      at,
      major: true,
      text: isPlain && step < 1 ? at.toFixed(decimals).replace("-", MINUS) : formatNumber(at),
    });
  }
  return ticks;
}

// Powers of ten where the axis spans several, 1-2-5 steps below that, plain steps where even those are too far apart.
/** @type {(low: number, high: number, wanted: number) => Tick[]} */
export function logTicks(low, high, wanted) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const inside = (/** @type {number} */ value) => value >= low * 0.9999 && value <= high * 1.0001;
  const decades = [];
  for (let power = first; power <= last; power += 1) if (inside(10 ** power)) decades.push(power);
  const every = Math.max(1, Math.ceil(decades.length / wanted));
  const ticks = [];
  for (let power = first; power <= last; power += 1) {
    for (let factor = 1; factor < 10; factor += 1) {
      const at = factor * 10 ** power;
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

// From a range to 0 to 1, and back.
/** @type {(range: number[], isLog: boolean | undefined) => { to(value: number): number, from(share: number): number }} */
function shareOf([low, high], isLog) {
  if (!isLog) return { to: (value) => (value - low) / (high - low), from: (share) => low + share * (high - low) };
  const [first, span] = [Math.log(low), Math.log(high) - Math.log(low)];
  return { to: (value) => (Math.log(value) - first) / span, from: (share) => Math.exp(first + share * span) };
}

// `axes` has x_label, y_label, x_range, y_range, log_x, log_y and whole_x.
/** @type {(context: Context, width: number, height: number, axes: Axes) => Scale} */
export function buildScale(context, width, height, axes) {
  const [xLow, xHigh] = axes.x_range;
  const [yLow, yHigh] = axes.y_range;
  const wantedY = Math.max(2, Math.floor(height / 56));
  const yTicks = axes.log_y ? logTicks(yLow, yHigh, wantedY) : linearTicks(yLow, yHigh, wantedY);
  context.font = FONT;
  const widest = Math.max(24, ...yTicks.map((tick) => context.measureText(tick.text).width));
  const box = {
    left: Math.ceil(widest) + (axes.y_label ? 30 : 12),
    right: width - 14,
    top: 10,
    bottom: height - (axes.x_label ? 44 : 26),
  };
  const xShare = shareOf(axes.x_range, axes.log_x);
  const yShare = shareOf(axes.y_range, axes.log_y);
  const wantedX = Math.max(2, Math.floor((box.right - box.left) / 80));
  return {
    width,
    height,
    box,
    yTicks,
    xTicks: axes.log_x ? logTicks(xLow, xHigh, wantedX) : linearTicks(xLow, xHigh, wantedX, axes.whole_x),
    x: (value) => box.left + xShare.to(value) * (box.right - box.left),
    y: (value) => box.bottom - yShare.to(value) * (box.bottom - box.top),
    xAt: (pixel) => xShare.from((pixel - box.left) / (box.right - box.left)),
    yAt: (pixel) => yLow + ((box.bottom - pixel) / (box.bottom - box.top)) * (yHigh - yLow),
  };
}

/** @type {(context: Context, scale: Scale, axes: Axes, colors: Colors) => void} */
export function drawAxes(context, scale, axes, colors) {
  const { box, width, height } = scale;
  context.font = FONT;
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
  context.fillText(axes.x_label || "", (box.left + box.right) / 2, height - 8);
  context.save();
  context.translate(9, (box.top + box.bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(axes.y_label || "", 0, 0);
  context.restore();
}

/** @type {(context: Context, box: Box, margin?: number) => void} */
export function clipToBox(context, { left, right, top, bottom }, margin = 0) {
  context.beginPath();
  context.rect(left - margin, top - margin, right - left + 2 * margin, bottom - top + margin);
  context.clip();
}

// Lay one canvas over another of the same size, pixel for pixel: what stands still is drawn once, not every frame.
/** @type {(context: Context, layer: HTMLCanvasElement) => void} */
export function blit(context, layer) {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, layer.width, layer.height);
  context.drawImage(layer, 0, 0);
  context.restore();
}
