// Overlays: what a button, or its key, lays over the drawing. One is an entry of this list; where Python works something
// out for it, the answer carries that (view.py and its type in payloads.py).
/** @import { Overlay } from "./types.js" */

export const EDGE_COLOR = "#3fd0bf";
const GRID_COLOR = "rgb(63 208 191 / 38%)";

// `icon` is a path, drawn with a line of 2 on a field of 24; `hint` is what an empty pad says while the overlay is on, and
// `help` its part of the pad's description. `paint` draws in pad pixels, from the last answer and the strokes.
/** @type {Overlay[]} */
export const OVERLAYS = [
  {
    tool: "grid",
    key: "g",
    label: "Grid",
    title: "Show where the network's 28 \u00d7 28 pixels lie (G)",
    icon: "M4 4h16v16H4zM4 9.3h16M4 14.7h16M9.3 4v16M14.7 4v16",
    hint: "Draw a digit to see the network\u2019s pixels on it",
    help: "G shows the network's grid",
    paint: (context, { field }, strokes) => field && strokes.length && paintGrid(context, field),
  },
];

// `field` is [x, y, side] of the network's 28 × 28 pixels on the pad.
/** @type {(context: CanvasRenderingContext2D, field: number[]) => void} */
function paintGrid(context, [left, top, side]) {
  context.lineWidth = 0.6;
  context.strokeStyle = GRID_COLOR;
  context.beginPath();
  for (let i = 0; i <= 28; i += 1) {
    const shift = (i * side) / 28;
    context.moveTo(left + shift, top);
    context.lineTo(left + shift, top + side);
    context.moveTo(left, top + shift);
    context.lineTo(left + side, top + shift);
  }
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = EDGE_COLOR;
  context.strokeRect(left, top, side, side);
}
