// Pointer, finger and keys on a surface: where they are, and what they do there with the tool that is chosen.
/** @import { PointEditor } from "./types.js" */

import { roundPlace } from "./plane_place.js";
import { placeOnSurface } from "./surface.js";

const STEP = 0.25; // of the arrow keys; with Shift four times as far

// `onPlace` hears where a hand is, and of null when it leaves; `leave` is called by Escape.
/** @type {(canvas: HTMLCanvasElement, editor: PointEditor, hear: { onPlace: (at: number[] | null) => void, leave: () => void }) => void} */
export function watchHand(canvas, editor, { onPlace, leave }) {
  let at = [0, 0]; // where the keys are

  canvas.addEventListener("pointerdown", (event) => {
    const place = placeOnSurface(event, canvas);
    if (!place || event.button > 0) return;
    at = place;
    if (editor.begin(place)) canvas.setPointerCapture(event.pointerId);
    onPlace(place);
  });
  canvas.addEventListener("pointermove", (event) => {
    const place = placeOnSurface(event, canvas);
    if (place && canvas.hasPointerCapture(event.pointerId)) editor.drag(place);
    if (place) at = place;
    onPlace(place);
  });
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => editor.end());
  canvas.addEventListener("pointerleave", () => onPlace(null));
  canvas.addEventListener("focus", () => {
    if (canvas.matches(":focus-visible")) onPlace(at);
  });
  canvas.addEventListener("blur", () => {
    editor.end();
    onPlace(null);
  });

  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const by = event.shiftKey ? 4 * STEP : STEP;
    const moves = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (move) {
      at = [roundPlace(at[0] + move[0]), roundPlace(at[1] + move[1])];
      if (editor.isHolding()) editor.drag(at);
      onPlace(at);
    } else if (event.key === "Enter" && !editor.isLooking()) editor.press(at);
    else if (event.key === "Delete" || event.key === "Backspace") editor.eraseNearest(at);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere these keys are the transport's
  });
}
