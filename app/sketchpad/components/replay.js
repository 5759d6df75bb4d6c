// A drawing drawn again, stroke by stroke and at an even pace, the answer following.
/** @import { Drawing, Stroke } from "./types.js" */

import { keepWithin } from "../../ui/components/numbers.js";
import { measureStroke, refineStroke, takePoints } from "./strokes.js";

const EXAMPLE_MS = 1500;
const REPLAY_MS_A_PX = 7; // slow enough to watch the answer change
const SHORTEST_REPLAY_MS = 1500;
const LONGEST_REPLAY_MS = 8000;

// Its frames end with the replay, or with `signal`.
/** @param {Drawing} drawing @param {AbortSignal} signal */
export function createReplay(drawing, signal) {
  /** @type {number} */
  let frame = 0;
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));

  // Call `showPart` with more and more of the strokes, the first time at once, and `onEnd` when all are drawn.
  /** @type {(strokes: Stroke[], milliseconds: number, showFirst: (part: Stroke[]) => void, onEnd: () => void) => void} */
  function play(strokes, milliseconds, showFirst, onEnd) {
    cancelAnimationFrame(frame);
    const fine = strokes.map(refineStroke); // the pen moves evenly, however far apart the points lie
    const numPoints = fine.reduce((sum, stroke) => sum + stroke.length, 0);
    const startedAt = performance.now();
    /** @type {(now: number) => void} */
    const goOn = (now) => {
      if (!drawing.isReplaying()) return; // somebody has touched the pad
      const drawn = Math.round(((now - startedAt) / milliseconds) * numPoints);
      if (drawn >= numPoints) {
        drawing.showWhole();
        return onEnd();
      }
      drawing.showPart(takePoints(fine, Math.max(1, drawn)));
      frame = requestAnimationFrame(goOn);
    };
    showFirst(takePoints(fine, 1));
    frame = requestAnimationFrame(goOn);
  }

  /** @type {(example: Stroke[], onEnd: () => void) => void} */
  function playExample(example, onEnd) {
    play(example, EXAMPLE_MS, (part) => drawing.showExample(example, part), onEnd);
  }

  /** @param {() => void} onEnd */
  function playDrawing(onEnd) {
    const strokes = drawing.strokes();
    const length = strokes.reduce((sum, stroke) => sum + measureStroke(stroke), 0);
    play(strokes, keepWithin(REPLAY_MS_A_PX * length, SHORTEST_REPLAY_MS, LONGEST_REPLAY_MS), drawing.showPart, onEnd);
  }

  return { playExample, playDrawing };
}
