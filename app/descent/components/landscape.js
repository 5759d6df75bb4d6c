// The landscape: optimizers' paths over their ground, and a starting point that people move. It knows drawn positions only.

/** @import { Box, Colors, Context, Point, Scale } from "../../ui/components/types.js" */
/** @import { OptimizerPath, RacePayload } from "../payloads.js" */
/** @import { Ranges } from "./types.js" */
/** @typedef {(number[] | null)[]} Parts lines inside the frame, step by step */
/** @typedef {{ slot: number, color: string, pixels: Point[], parts: Parts, lastPart: Parts, hasDot: boolean[] }} Trail */

import { AXIS_COLORS, blit, buildScale } from "../../ui/components/axes.js";
import { contextOf, fitCanvas, offsetIn, readColors, redrawOnChange, zoomOf } from "../../ui/components/canvas.js";
import { findCanvas } from "../../ui/components/nodes.js";
import { keepWithin } from "../../ui/components/numbers.js";
import { ARROW_HEAD, drawShape, SERIES_COLORS, SERIES_SHAPES } from "../../ui/components/series.js";
import { drawGround } from "./ground.js";

const NEAR_PX = 28; // a finger this near the starting point takes hold of it; elsewhere it scrolls or taps
const DOT_GAP_PX = 6; // steps nearer than this to the last one get no dot of their own
const TAP_PX = 10;

/** @type {(ranges: Ranges, point: Point) => boolean} */
export const isInLandscape = ({ x_range, y_range }, [x, y]) =>
  x >= x_range[0] && x <= x_range[1] && y >= y_range[0] && y <= y_range[1];

/** @type {(from: Point, to: Point, share: number) => Point} */
const between = (from, to, share) => [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];

// The point of a path after `position` steps: a place between two steps is one on the straight line that joins them.
/** @type {(path: Point[], position: number) => Point} */
export function pointOnPath(path, position) {
  const at = Math.min(position, path.length - 1);
  const step = Math.floor(at);
  return step === at ? path[step] : between(path[step], path[step + 1], at - step);
}

// The part of a line inside the box, [x, y, x, y], or null (Liang and Barsky, 1984). Far outside, where float64 has
// no digits left for the plot, there is none.
/** @type {(from: Point, to: Point, box: Box) => number[] | null} */
export function clipLine([fromX, fromY], [toX, toY], box) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  if (!(Math.max(Math.abs(fromX), Math.abs(fromY), Math.abs(toX), Math.abs(toY)) < 1e12)) return null;
  let [first, last] = [0, 1];
  for (const [change, room] of [
    [-dx, fromX - box.left],
    [dx, box.right - fromX],
    [-dy, fromY - box.top],
    [dy, box.bottom - fromY],
  ]) {
    if (change === 0 && room < 0) return null;
    if (change < 0) first = Math.max(first, room / change);
    if (change > 0) last = Math.min(last, room / change);
  }
  return first > last ? null : [fromX + first * dx, fromY + first * dy, fromX + last * dx, fromY + last * dy];
}

// The height of a drawn curve: between two of its points, the straight line that is drawn there.
/** @type {(curve: Point[], x: number) => number} */
function heightOnCurve(curve, x) {
  const right = curve.findIndex((point) => point[0] >= x);
  if (right <= 0) return curve[right === 0 ? 0 : curve.length - 1][1];
  const [from, to] = [curve[right - 1], curve[right]];
  return between(from, to, (x - from[0]) / (to[0] - from[0]))[1];
}

// `onStart` hears of every place that someone gives the start.
/** @type {(root: HTMLElement, does: { onStart: (start: Point) => void }) => { setRace: (race: RacePayload) => void, draw: (position: number) => void, release: () => void }} */
export function createLandscape(root, { onStart }) {
  const canvas = findCanvas(root);
  const host = /** @type {HTMLElement} */ (canvas.parentElement);
  const context = contextOf(canvas);
  const groundLayer = document.createElement("canvas");
  const pathLayer = document.createElement("canvas"); // the ground with every whole path, faint
  const trailLayer = document.createElement("canvas"); // that, and in full colour the steps up to `numDrawn`

  /** @type {RacePayload} */
  let race; // none at first
  let groundKey = ""; // what the ground layer shows
  /** @type {Trail[]} */
  let trails = []; // for every optimizer: its steps in pixels, each with its part inside the frame
  let numDrawn = 0;
  /** @type {Scale} */
  let scale; // none before the first drawing
  /** @type {Colors} */
  let colors = {};
  let position = 0;
  /** @type {Point | null} */
  let heldStart = null; // where someone has put the start, until Python's answer has it too
  /** @type {{ id: number, x: number, y: number, drags: boolean } | null} */
  let press = null; // while a pointer is down

  /** @type {(newRace: RacePayload) => void} */
  function setRace(newRace) {
    race = newRace;
    canvas.setAttribute(
      "aria-label",
      `${race.landscape.label} Click or drag to move the start; on the keyboard, Alt with the arrow keys.`,
    );
    redraw();
  }

  // ---- Drawing

  function redraw() {
    const width = host.clientWidth;
    const height = host.clientHeight;
    if (!race || width < 40 || height < 40) return; // still in a closed tab; the size observer calls again
    colors = readColors(canvas, { ...AXIS_COLORS, ...Object.fromEntries(SERIES_COLORS.entries()) });
    fitCanvas(canvas, width, height);
    const ground = fitCanvas(groundLayer, width, height);
    const key = JSON.stringify([race.landscape, colors, width, height, window.devicePixelRatio]);
    if (key !== groundKey) {
      groundKey = key;
      scale = buildScale(ground, width, height, race.landscape);
      ground.clearRect(0, 0, width, height);
      drawGround(ground, race.landscape, scale, colors);
    }
    trails = race.optimizers.map(measureTrail);
    const paths = fitCanvas(pathLayer, width, height);
    blit(paths, groundLayer);
    paths.globalAlpha = 0.4;
    for (const trail of trails) drawParts(paths, trail, trail.parts, 1);
    paths.globalAlpha = 1;
    fitCanvas(trailLayer, width, height);
    numDrawn = Infinity;
    draw(position);
  }

  /** @type {(optimizer: OptimizerPath) => Trail} */
  function measureTrail({ slot, path }) {
    const limit = (/** @type {number} */ pixel) => Math.max(-1e300, Math.min(1e300, pixel));
    const pixels = path.map(([x, y]) => [limit(scale.x(x)), limit(scale.y(y))]);
    const parts = pixels.map((point, step) => (step ? clipLine(pixels[step - 1], point, scale.box) : null));
    // A dot where a step ends inside the frame, far enough from the last one to be seen as one.
    const hasDot = pixels.map(
      (point, step) =>
        step > 0 &&
        isInBox(point) &&
        Math.hypot(point[0] - pixels[step - 1][0], point[1] - pixels[step - 1][1]) >= DOT_GAP_PX,
    );
    // The last part inside the frame so far: where an optimizer off the landscape has left it.
    /** @type {Parts} */
    const lastPart = [];
    parts.forEach((part, step) => lastPart.push(part || lastPart[step - 1] || null));
    return { slot, color: colors[slot], pixels, parts, lastPart, hasDot };
  }

  /** @type {(point: Point) => boolean} */
  function isInBox([x, y]) {
    const { left, right, top, bottom } = scale.box;
    return x >= left - 0.5 && x <= right + 0.5 && y >= top - 0.5 && y <= bottom + 0.5;
  }

  /** @type {(target: Context, look: { color: string }, parts: Parts, width: number) => void} */
  function drawParts(target, { color }, parts, width) {
    let [x, y] = [NaN, NaN];
    target.strokeStyle = color;
    target.lineWidth = width;
    target.lineJoin = target.lineCap = "round";
    target.beginPath();
    for (const part of parts) {
      if (!part) continue;
      if (part[0] !== x || part[1] !== y) target.moveTo(part[0], part[1]);
      [, , x, y] = part;
      target.lineTo(x, y);
    }
    target.stroke();
  }

  // Going on adds to what is drawn; going back begins again.
  /** @type {(steps: number) => void} */
  function drawTrails(steps) {
    const target = contextOf(trailLayer);
    if (steps < numDrawn) {
      blit(target, pathLayer);
      numDrawn = 0;
    }
    for (const trail of trails) {
      drawParts(target, trail, trail.parts.slice(numDrawn + 1, steps + 1), 2.25);
      target.fillStyle = trail.color;
      target.beginPath();
      for (let step = numDrawn + 1; step <= steps && step < trail.pixels.length; step += 1) {
        if (!trail.hasDot[step]) continue;
        const [x, y] = trail.pixels[step];
        target.moveTo(x + 3, y);
        target.arc(x, y, 3, 0, 2 * Math.PI);
      }
      target.fill();
    }
    numDrawn = steps;
  }

  /** @type {(trail: Trail) => void} */
  function drawMarker(trail) {
    const { pixels, slot, color } = trail;
    const at = Math.min(position, pixels.length - 1);
    const here = pointOnPath(pixels, at);
    const from = pixels[Math.max(0, Math.ceil(at) - 1)];
    const part = at > Math.floor(at) ? clipLine(from, here, scale.box) : null;
    if (part) drawParts(context, trail, [part], 2.25);
    const look = { color, halo: colors.surface };
    if (isInBox(here)) return drawShape(context, SERIES_SHAPES[slot], here[0], here[1], look);
    const exit = part || trail.lastPart[Math.floor(at)];
    if (!exit) return;
    const [fromX, fromY, x, y] = exit;
    drawShape(context, ARROW_HEAD, x, y, { ...look, angle: Math.atan2(y - fromY, x - fromX) });
  }

  /** @type {(start: Point) => void} */
  function drawStart([x, y]) {
    for (const { color, width } of [
      { color: colors.surface, width: 5 },
      { color: colors.text, width: 2 },
    ]) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc(scale.x(x), scale.y(y), 10, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** @type {(newPosition: number) => void} */
  function draw(newPosition) {
    position = newPosition;
    if (!scale || !race) return;
    drawTrails(Math.floor(position));
    blit(context, trailLayer);
    for (const start of heldStart ? [heldStart] : race.optimizers.map((optimizer) => optimizer.path[0])) {
      if (isInLandscape(race.landscape, start)) drawStart(start);
    }
    for (const trail of [...trails].reverse()) drawMarker(trail); // the first optimizer lies on top
  }

  // ---- Moving the start

  const startOf = () => heldStart || race.optimizers[0].path[0];

  /** @type {(x: number, y: number) => void} */
  function moveStart(x, y) {
    const { landscape } = race;
    const { x_range: xRange, y_range: yRange } = landscape;
    const curve = landscape.kind === "curve" ? landscape.curve : null;
    const start = [keepWithin(x, ...xRange), keepWithin(y, ...yRange)];
    if (curve) start[1] = keepWithin(heightOnCurve(curve, start[0]), ...yRange);
    heldStart = start;
    draw(position);
    onStart(curve ? [start[0]] : start);
  }

  function release() {
    if (press?.drags) return;
    heldStart = null;
    draw(position);
  }

  /** @type {(x: number, y: number) => boolean} */
  function isNearStart(x, y) {
    if (!scale) return false;
    const [startX, startY] = startOf();
    return Math.hypot(scale.x(startX) - x, scale.y(startY) - y) <= NEAR_PX;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (press || event.button !== 0 || !scale) return;
    const drags = event.pointerType !== "touch" || isNearStart(offsetIn(event).x, offsetIn(event).y);
    press = { id: event.pointerId, x: offsetIn(event).x, y: offsetIn(event).y, drags };
    if (!drags) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    moveStart(scale.xAt(offsetIn(event).x), scale.yAt(offsetIn(event).y));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!press) canvas.classList.toggle("is-near", isNearStart(offsetIn(event).x, offsetIn(event).y));
    else if (press.id === event.pointerId && press.drags)
      moveStart(scale.xAt(offsetIn(event).x), scale.yAt(offsetIn(event).y));
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!press || press.id !== event.pointerId) return;
    const isTap = !press.drags && Math.hypot(offsetIn(event).x - press.x, offsetIn(event).y - press.y) <= TAP_PX;
    press = null;
    if (isTap) moveStart(scale.xAt(offsetIn(event).x), scale.yAt(offsetIn(event).y));
  });
  canvas.addEventListener("pointercancel", () => {
    press = null;
  });
  // Only this keeps the page from scrolling once a finger is down; elsewhere on the landscape it may.
  canvas.addEventListener(
    "touchstart",
    (event) => {
      const box = canvas.getBoundingClientRect();
      const [touch] = event.touches;
      if (isNearStart((touch.clientX - box.left) / zoomOf(canvas), (touch.clientY - box.top) / zoomOf(canvas)))
        event.preventDefault();
    },
    { passive: false },
  );

  canvas.addEventListener("keydown", (event) => {
    /** @type {Record<string, number[]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = ways[event.key];
    if (!way || !event.altKey || !race) return;
    event.preventDefault();
    const { x_range: xRange, y_range: yRange } = race.landscape;
    const [x, y] = startOf();
    moveStart(x + (way[0] * (xRange[1] - xRange[0])) / 50, y + (way[1] * (yRange[1] - yRange[0])) / 50);
  });

  redrawOnChange(host, redraw);
  return { setRace, draw, release };
}
