// The data that a line is fitted to: points that people move, and every optimizer's line at the cursor.

/** @import { Colors, Scale } from "../../ui/components/types.js" */
/** @import { DataPoints, OptimizerPath, RacePayload } from "../payloads.js" */

import { AXIS_COLORS, blit, buildScale, clipToBox, drawAxes } from "../../ui/components/axes.js";
import { contextOf, fitCanvas, offsetIn, readColors, redrawOnChange, zoomOf } from "../../ui/components/canvas.js";
import { findCanvas } from "../../ui/components/nodes.js";
import { formatNumber, keepWithin } from "../../ui/components/numbers.js";
import { drawShape, SERIES_COLORS, SERIES_SHAPES } from "../../ui/components/series.js";
import { clipLine, pointOnPath } from "./landscape.js";

const POINT_REACH_PX = 24;
const MOVED_DIGITS = 3; // of a point that was moved by hand; the others keep all of theirs

/** @type {(root: HTMLElement, does: { onPoints: (points: number[][]) => void }) => { setRace: (race: RacePayload) => void, draw: (position: number) => void, release: () => void }} */
export function createLineFit(root, { onPoints }) {
  const canvas = findCanvas(root);
  const host = /** @type {HTMLElement} */ (canvas.parentElement);
  const context = contextOf(canvas);
  const axesLayer = document.createElement("canvas");

  /** @type {DataPoints | null} */
  let data = null;
  /** @type {OptimizerPath[]} */
  let optimizers = [];
  /** @type {Scale | null} */
  let scale = null;
  /** @type {Colors} */
  let colors = {};
  let position = 0;
  /** @type {number[][] | null} */
  let heldPoints = null; // the points as someone has moved them, until Python's answer has them too
  let selected = 0;
  /** @type {number | null} */
  let press = null; // the pointer that drags a point

  const points = () => heldPoints || data?.points || [];

  /** @type {(race: RacePayload) => void} */
  function setRace(race) {
    root.hidden = !race.data;
    data = race.data;
    optimizers = race.optimizers;
    if (!data) return;
    selected = Math.min(selected, points().length - 1);
    redraw();
  }

  function redraw() {
    const width = host.clientWidth;
    const height = host.clientHeight;
    if (!data || width < 40 || height < 40) return;
    colors = readColors(canvas, { ...AXIS_COLORS, ...Object.fromEntries(SERIES_COLORS.entries()) });
    fitCanvas(canvas, width, height);
    const back = fitCanvas(axesLayer, width, height);
    scale = buildScale(back, width, height, data);
    back.clearRect(0, 0, width, height);
    drawAxes(back, scale, data, colors);
    draw(position);
    describe();
  }

  /** @type {(newPosition: number) => void} */
  function draw(newPosition) {
    position = newPosition;
    if (!scale || !data) return;
    const { x, y, box } = scale;
    blit(context, axesLayer);
    context.save();
    clipToBox(context, box);
    context.lineWidth = 2.25;
    for (const { slot, path } of [...optimizers].reverse()) {
      const [slope, intercept] = pointOnPath(path, position);
      const [from, to] = data.x_range.map((at) => [x(at), y(slope * at + intercept)]);
      const part = clipLine(from, to, box);
      if (!part) continue;
      context.strokeStyle = colors[slot];
      context.beginPath();
      context.moveTo(part[0], part[1]);
      context.lineTo(part[2], part[3]);
      context.stroke();
    }
    context.restore();
    points().forEach((point, index) => {
      const isMarked = index === selected && (press !== null || canvas.matches(":focus-visible"));
      drawShape(context, SERIES_SHAPES[0], x(point[0]), y(point[1]), {
        color: isMarked ? colors.accent : colors.text,
        halo: colors.surface,
        size: isMarked ? 1.2 : 0.9,
      });
    });
  }

  function describe() {
    const [x, y] = points()[selected].map((number) => formatNumber(number, 3));
    canvas.setAttribute(
      "aria-label",
      `${points().length} data points and the optimizers\u2019 lines. Drag a point to move it; ` +
        "on the keyboard, Page Up and Page Down choose a point and the arrow keys move it, with Shift in small steps. " +
        `Chosen: point ${selected + 1} at ${x}, ${y}.`,
    );
  }

  /** @type {(x: number, y: number) => void} */
  function movePoint(x, y) {
    if (!data) return;
    heldPoints = points().map((point) => point.slice());
    heldPoints[selected] = [
      keepWithin(x, data.x_range[0], data.x_range[1]),
      keepWithin(y, data.y_range[0], data.y_range[1]),
    ].map((value) => Number(value.toPrecision(MOVED_DIGITS)));
    draw(position);
    describe();
    onPoints(heldPoints);
  }

  function release() {
    if (press !== null || !data) return;
    heldPoints = null;
    draw(position);
  }

  // The nearest point within a finger's reach, or -1.
  /** @type {(shown: Scale, x: number, y: number) => number} */
  function findPoint(shown, x, y) {
    let [best, reach] = [-1, POINT_REACH_PX];
    points().forEach((point, index) => {
      const distance = Math.hypot(shown.x(point[0]) - x, shown.y(point[1]) - y);
      if (distance <= reach) [best, reach] = [index, distance];
    });
    return best;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (press !== null || event.button !== 0 || !scale) return;
    const found = findPoint(scale, offsetIn(event).x, offsetIn(event).y);
    if (found < 0) return;
    selected = found;
    press = event.pointerId;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(press);
    draw(position);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!scale) return;
    if (press === null) canvas.classList.toggle("is-near", findPoint(scale, offsetIn(event).x, offsetIn(event).y) >= 0);
    if (press === event.pointerId) movePoint(scale.xAt(offsetIn(event).x), scale.yAt(offsetIn(event).y));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (/** @type {any} */ event) => {
      if (press !== event.pointerId) return;
      press = null;
      draw(position);
    });
  }
  // Only this keeps the page from scrolling once a finger is on a point; elsewhere on the plot it may.
  canvas.addEventListener(
    "touchstart",
    (event) => {
      const box = canvas.getBoundingClientRect();
      const [touch] = event.touches;
      if (
        scale &&
        findPoint(scale, (touch.clientX - box.left) / zoomOf(canvas), (touch.clientY - box.top) / zoomOf(canvas)) >= 0
      )
        event.preventDefault();
    },
    { passive: false },
  );

  canvas.addEventListener("focus", () => draw(position));
  canvas.addEventListener("blur", () => draw(position));
  canvas.addEventListener("keydown", (event) => {
    if (!data || event.altKey || event.ctrlKey || event.metaKey) return;
    /** @type {Record<string, number>} */
    const turns = { PageDown: 1, "]": 1, PageUp: -1, "[": -1 };
    /** @type {Record<string, number[]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const [turn, way] = [turns[event.key], ways[event.key]];
    if (!turn && !way) return;
    event.preventDefault();
    event.stopPropagation(); // here the arrow keys are the point's, not the cursor's
    if (turn) {
      selected = (selected + turn + points().length) % points().length;
      draw(position);
      return describe();
    }
    const share = event.shiftKey ? 1 / 200 : 1 / 50;
    const [x, y] = points()[selected];
    movePoint(
      x + way[0] * (data.x_range[1] - data.x_range[0]) * share,
      y + way[1] * (data.y_range[1] - data.y_range[0]) * share,
    );
  });

  redrawOnChange(host, redraw);
  return { setRace, draw, release };
}
