// The hand that draws and erases: mouse, finger, pen, and the keyboard's own pen.
/** @import { Circle, Drawing, Hand, Point } from "./types.js" */

import { keepWithin } from "../../ui/components/numbers.js";
import { PAD_PX } from "./strokes.js";

const ERASER_PX = 12; // radius of what it takes away
const BRUSH_PX = { least: 10, most: 24, first: 18 };
const MOVE_PX = 8; // the keyboard's pen, at a press
const SMALL_MOVE_PX = 2;

/** @type {(value: number) => number} */
const clamp = (value) => keepWithin(value, 0, PAD_PX);

// `redraw` is called when the tool looks different, `onStep` at the end of each stroke and each passage of the eraser.
/** @type {(canvas: HTMLCanvasElement, drawing: Drawing, owner: { redraw: () => void, onStep: () => void }) => Hand} */
export function createHand(canvas, drawing, { redraw, onStep }) {
  let isErasing = false; // which tool is in the hand
  let brushPx = BRUSH_PX.first; // how broad the pen looks; the network draws every stroke with a pen of its own
  /** @type {number | null} */
  let pointer = null; // the one that is down
  /** @type {Point | null} */
  let eraserAt = null; // where the eraser hovers
  const pen = { x: PAD_PX / 2, y: PAD_PX / 2, isDown: false, isShown: false }; // of the keyboard

  // ---- One stroke, or one passage of the eraser

  /** @param {Point} point */
  function begin(point) {
    if (isErasing) eraserAt = point;
    if (isErasing) drawing.beginErasing(point, ERASER_PX);
    else drawing.beginStroke(point);
  }

  /** @param {Point[]} points */
  function goOn(points) {
    if (isErasing) eraserAt = points[points.length - 1];
    drawing.goOn(points);
  }

  /** @param {Point[]} [points] */
  function finish(points) {
    pointer = null;
    pen.isDown = false;
    eraserAt = null;
    drawing.endStep(points);
    onStep();
  }

  // ---- Mouse, finger, pen

  /** @type {(event: PointerEvent) => Point} */
  function locate(event) {
    const box = canvas.getBoundingClientRect();
    return [
      clamp(((event.clientX - box.left) / box.width) * PAD_PX),
      clamp(((event.clientY - box.top) / box.height) * PAD_PX),
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    lift();
    pen.isShown = false;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    begin(locate(event));
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return hover(event);
    const fine = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    goOn((fine.length ? fine : [event]).map(locate));
  });

  canvas.addEventListener("pointerleave", hover);
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(type, (event) => {
      if (event.pointerId === pointer) finish(type === "pointerup" ? [locate(event)] : []);
    });
  }

  /** @param {PointerEvent} event */
  function hover(event) {
    if (!isErasing || pointer !== null) return;
    eraserAt = event.type === "pointerleave" ? null : locate(event);
    redraw();
  }

  // ---- Keyboard

  /** @type {(dx: number, dy: number) => void} */
  function movePen(dx, dy) {
    pen.isShown = true;
    pen.x = clamp(pen.x + dx);
    pen.y = clamp(pen.y + dy);
    if (pen.isDown) goOn([[pen.x, pen.y]]);
    else redraw();
  }

  function lowerOrLift() {
    pen.isShown = true;
    if (pen.isDown) return finish();
    pen.isDown = true;
    begin([pen.x, pen.y]);
  }

  canvas.addEventListener("blur", () => {
    if (pen.isDown) finish();
    pen.isShown = false;
    redraw();
  });

  // ---- For the pad's tools

  // Whatever is under way ends here.
  function lift() {
    if (pointer !== null || pen.isDown) finish();
  }

  /** @param {boolean} wantsEraser */
  function take(wantsEraser) {
    lift();
    isErasing = wantsEraser;
    eraserAt = null;
    redraw();
  }

  /** @param {number} px */
  function setBrush(px) {
    brushPx = keepWithin(px, BRUSH_PX.least, BRUSH_PX.most);
    redraw();
  }

  /** @type {() => Circle | null} */
  function findCircle() {
    if (pen.isShown)
      return { x: pen.x, y: pen.y, radius: isErasing ? ERASER_PX : brushPx / 2, isFilled: pen.isDown, isPen: true };
    return isErasing && eraserAt
      ? { x: eraserAt[0], y: eraserAt[1], radius: ERASER_PX, isFilled: false, isPen: false }
      : null;
  }

  // What the keys of the pen do; with Shift it moves in small steps.
  /** @type {(event: { shiftKey: boolean }) => Record<string, () => void>} */
  function keys({ shiftKey }) {
    const step = shiftKey ? SMALL_MOVE_PX : MOVE_PX;
    return {
      ArrowLeft: () => movePen(-step, 0),
      ArrowRight: () => movePen(step, 0),
      ArrowUp: () => movePen(0, -step),
      ArrowDown: () => movePen(0, step),
      " ": lowerOrLift,
      Enter: lowerOrLift,
    };
  }

  return {
    keys,
    lift,
    take,
    setBrush,
    isErasing: () => isErasing,
    isPressed: () => pointer !== null, // a pointer draws or erases
    isDown: () => pointer !== null || pen.isDown,
    brushPx: () => brushPx,
    look: () => ({ brushPx, circle: findCircle() }),
  };
}
