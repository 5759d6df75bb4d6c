// The data that a line is fitted to: points that people move, and every optimizer's line at the cursor.

import { AXIS_COLORS, blit, buildScale, clipToBox, drawAxes } from "../../ui/components/axes.js";
import { fitCanvas, readColors, redrawOnChange } from "../../ui/components/canvas.js";
import { formatNumber, keepWithin } from "../../ui/components/numbers.js";
import { drawShape, SERIES_COLORS, SERIES_SHAPES } from "../../ui/components/series.js";
import { clipLine, pointOnPath } from "./landscape.js";

const POINT_REACH_PX = 24;
const MOVED_DIGITS = 3; // of a point that was moved by hand; the others keep all of theirs

export function createLineFit(root, { onPoints }) {
  const canvas = root.querySelector("canvas");
  const context = canvas.getContext("2d");
  const axesLayer = document.createElement("canvas");

  let data = null;
  let optimizers = [];
  let scale = null;
  let colors = {};
  let position = 0;
  let heldPoints = null; // the points as someone has moved them, until Python's answer has them too
  let selected = 0;
  let press = null; // the pointer that drags a point

  const points = () => heldPoints || data.points;

  function setRace(race) {
    root.hidden = !race.data;
    data = race.data;
    optimizers = race.optimizers;
    if (!data) return;
    selected = Math.min(selected, points().length - 1);
    redraw();
  }

  function redraw() {
    const width = canvas.parentNode.clientWidth;
    const height = canvas.parentNode.clientHeight;
    if (!data || width < 40 || height < 40) return;
    colors = readColors(canvas, { ...AXIS_COLORS, ...SERIES_COLORS });
    fitCanvas(canvas, width, height);
    const back = fitCanvas(axesLayer, width, height);
    scale = buildScale(back, width, height, data);
    back.clearRect(0, 0, width, height);
    drawAxes(back, scale, data, colors);
    draw(position);
    describe();
  }

  function draw(newPosition) {
    position = newPosition;
    if (!scale || !data) return;
    blit(context, axesLayer);
    context.save();
    clipToBox(context, scale.box);
    context.lineWidth = 2.25;
    for (const { slot, path } of [...optimizers].reverse()) {
      const [slope, intercept] = pointOnPath(path, position);
      const ends = data.x_range.map((x) => [scale.x(x), scale.y(slope * x + intercept)]);
      const part = clipLine(...ends, scale.box);
      if (!part) continue;
      context.strokeStyle = colors[slot];
      context.beginPath();
      context.moveTo(part[0], part[1]);
      context.lineTo(part[2], part[3]);
      context.stroke();
    }
    context.restore();
    points().forEach(([x, y], index) => {
      const isMarked = index === selected && (press !== null || canvas.matches(":focus-visible"));
      drawShape(context, SERIES_SHAPES[0], scale.x(x), scale.y(y), {
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

  function movePoint(x, y) {
    heldPoints = points().map((point) => point.slice());
    heldPoints[selected] = [
      [x, data.x_range],
      [y, data.y_range],
    ].map(([value, range]) => Number(keepWithin(value, ...range).toPrecision(MOVED_DIGITS)));
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
  function findPoint(x, y) {
    let [best, reach] = [-1, POINT_REACH_PX];
    points().forEach((point, index) => {
      const distance = Math.hypot(scale.x(point[0]) - x, scale.y(point[1]) - y);
      if (distance <= reach) [best, reach] = [index, distance];
    });
    return best;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (press !== null || event.button !== 0 || !scale) return;
    const found = findPoint(event.offsetX, event.offsetY);
    if (found < 0) return;
    selected = found;
    press = event.pointerId;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(press);
    draw(position);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (press === null && scale) canvas.classList.toggle("is-near", findPoint(event.offsetX, event.offsetY) >= 0);
    if (press === event.pointerId) movePoint(scale.xAt(event.offsetX), scale.yAt(event.offsetY));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
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
      if (scale && findPoint(touch.clientX - box.left, touch.clientY - box.top) >= 0) event.preventDefault();
    },
    { passive: false },
  );

  canvas.addEventListener("focus", () => draw(position));
  canvas.addEventListener("blur", () => draw(position));
  canvas.addEventListener("keydown", (event) => {
    if (!data || event.altKey || event.ctrlKey || event.metaKey) return;
    const turn = { PageDown: 1, "]": 1, PageUp: -1, "[": -1 }[event.key];
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
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

  redrawOnChange(canvas.parentNode, redraw);
  return { setRace, draw, release };
}
