// Overlays: what a button, or its key, lays over the drawing. A new one stands here, with its button in pad.py and, where
// Python works something out for it, in view.py.

const GRID_COLOR = "rgb(63 208 191 / 38%)";

// `tool` is the button's name, `hint` what an empty pad says, `paint` draws in pad pixels from the last answer.
const OVERLAYS = [
  { tool: "grid", key: "g", help: "G shows the network's grid", hint: "Draw a digit to see the network\u2019s pixels on it",
    paint: (context, { field }) => field && strokes.length && paintGrid(context, field) },
];
const shownOverlays = new Set();
let lastAnswer = null;            // to the drawing on the pad, or to that of a moment ago

function toggleOverlay(overlay) {
  if (!shownOverlays.delete(overlay)) shownOverlays.add(overlay);
  showTools();
  draw();
}

// `field` is [x, y, side] of the network's 28 × 28 pixels on the pad.
function paintGrid(context, [left, top, side]) {
  context.lineWidth = 0.6;
  context.strokeStyle = GRID_COLOR;
  context.beginPath();
  for (let i = 0; i <= 28; i += 1) {
    const shift = i * side / 28;
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
