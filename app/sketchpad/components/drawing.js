// The drawing on the pad: strokes or, in their place, a picture; what was there before each step; and its version, which
// counts every change. Nothing but these operations changes it.
/** @import { Eraser, Picture, Point, SentDrawing, Step, Stroke } from "./types.js" */

import { copyStrokes, eraseAlong, PAD_PX, roundTenth } from "./strokes.js";

const MAX_STEPS = 200;
const NEAREST_PX = 0.5; // a point nearer than this to the one before it is left out

/** @type {(point: Point) => Point} */
const roundPoint = ([x, y]) => [roundTenth(x), roundTenth(y)];

// `onChange` is called once after every change.
/** @param {() => void} onChange */
export function createDrawing(onChange) {
  /** @type {Stroke[]} */
  let strokes = []; // finished strokes and, last, the one being drawn
  /** @type {Picture | null} */
  let picture = null; // { url, image }, while `strokes` is empty
  let isExample = false; // nobody's drawing: the first touch takes it away
  /** @type {Stroke[] | null} */
  let part = null; // what a replay has drawn of the strokes so far
  /** @type {Eraser | null} */
  let eraser = null; // { at, radius, hasErased } while it is down
  /** @type {Step[]} */
  const past = []; // what was on the pad before each step
  /** @type {Step[]} */
  let future = []; // what has been undone
  let version = 1; // of the empty pad
  let validFrom = 0; // answers to earlier versions are about another drawing

  const visible = () => part ?? strokes;
  const hasInk = () => visible().length > 0 || picture !== null;

  // Every change ends here. While someone draws, an answer to the drawing of a moment ago is still worth showing; once
  // another drawing has taken its place, or nothing has, it is not.
  function count(isReplaced = false) {
    version += 1;
    if (isReplaced || !hasInk()) validFrom = version;
    onChange();
  }

  // ---- Steps, to be undone and done again

  /** @type {() => Step} */
  const snapshot = () => ({ strokes: copyStrokes(strokes), picture });

  function remember() {
    past.push(snapshot());
    if (past.length > MAX_STEPS) past.shift();
    future = [];
  }

  /** @type {(from: Step[], to: Step[]) => void} */
  function moveStep(from, to) {
    const step = from.pop();
    if (!step) return;
    takeOver();
    to.push(snapshot());
    ({ strokes, picture } = step);
    count(true);
  }

  // The first touch ends a replay and takes the example off the sheet; what people see then is their own. Returns whether
  // it did.
  function takeOver() {
    part = null;
    if (!isExample) return false;
    isExample = false;
    strokes = [];
    return true;
  }

  // ---- Drawing and erasing

  /** @param {Point} point */
  function beginStroke(point) {
    const isReplaced = takeOver() || picture !== null; // drawing begins on an empty pad
    remember();
    picture = null;
    strokes.push([roundPoint(point)]);
    count(isReplaced);
  }

  /** @type {(point: Point, radius: number) => void} */
  function beginErasing(point, radius) {
    part = null;
    isExample = false; // whoever erases the example makes it a drawing of their own
    eraser = { at: point, radius, hasErased: false };
    goOn([point]);
  }

  // The pen or the eraser moves on by these points.
  /** @param {Point[]} points */
  function goOn(points) {
    points.forEach(move);
    count();
  }

  // It is lifted, where these points end.
  /** @param {Point[]} points */
  function endStep(points = []) {
    points.forEach(move);
    eraser = null;
    count();
  }

  /** @param {Point} point */
  function move(point) {
    if (eraser) return erase(eraser, point);
    const stroke = strokes[strokes.length - 1];
    const [x, y] = stroke[stroke.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) >= NEAREST_PX) stroke.push(roundPoint(point));
  }

  // All that the eraser takes before it is lifted is one step.
  /** @type {(down: Eraser, point: Point) => void} */
  function erase(down, point) {
    const left = eraseAlong(strokes, down.at, point, down.radius);
    down.at = point;
    if (left === null) return;
    if (!down.hasErased) remember();
    down.hasErased = true;
    strokes = left;
  }

  // ---- Another drawing in its place

  function clear() {
    if (!takeOver()) remember();
    strokes = [];
    picture = null;
    count();
  }

  /** @param {Picture} newPicture */
  function showPicture(newPicture) {
    takeOver();
    replaceBy([], newPicture);
  }

  // `size` is the side of the pad that the strokes were drawn on.
  /** @type {(newStrokes: Stroke[], size?: number) => void} */
  function showStrokes(newStrokes, size = PAD_PX) {
    const scale = PAD_PX / size;
    const scaled = newStrokes
      .filter((stroke) => stroke.length)
      .map((stroke) => stroke.map(([x, y]) => roundPoint([x * scale, y * scale])));
    part = null;
    replaceBy(scaled, null);
  }

  /** @type {(newStrokes: Stroke[], newPicture: Picture | null) => void} */
  function replaceBy(newStrokes, newPicture) {
    remember();
    [strokes, picture, isExample, eraser] = [newStrokes, newPicture, false, null];
    count(true);
  }

  // A drawing to look at, the first of which is seen is `firstPart`, where it is replayed.
  /** @type {(example: Stroke[], firstPart?: Stroke[] | null) => void} */
  function showExample(example, firstPart = null) {
    if (!isExample && hasInk()) remember();
    [strokes, picture, isExample, part] = [copyStrokes(example), null, true, firstPart];
    count(true);
  }

  // ---- A replay draws the strokes again; the whole drawing stays what it is

  /** @param {Stroke[]} newPart */
  function showPart(newPart) {
    const isFirst = part === null;
    part = newPart;
    count(isFirst);
  }

  function showWhole() {
    part = null;
    count();
  }

  /** @type {(some: Stroke[]) => SentDrawing} */
  const write = (some) => (picture ? { picture: picture.url } : { strokes: copyStrokes(some), size: PAD_PX });

  return {
    beginStroke,
    beginErasing,
    goOn,
    endStep,
    clear,
    showPicture,
    showStrokes,
    showExample,
    showPart,
    showWhole,
    undo: () => moveStep(past, future),
    redo: () => moveStep(future, past),
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
    hasInk,
    isReplaying: () => part !== null,
    isExample: () => isExample,
    strokes: () => strokes,
    visibleStrokes: visible,
    picture: () => picture,
    version: () => version,
    // Whether an answer to this version is about the drawing that is on the pad.
    /** @param {number} askedVersion */
    isAbout: (askedVersion) => askedVersion >= validFrom,
    // As Python and the rest of the page read it: what is seen of it, or all.
    read: () => write(visible()),
    readWhole: () => write(strokes),
  };
}
