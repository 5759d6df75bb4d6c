// The sheet: strokes, an image, overlays, the keyboard's pen and the eraser, painted.

const sheet = pad.querySelector(".gb-pad-sheet");
const canvas = pad.querySelector(".gb-pad-canvas");
const hint = pad.querySelector(".gb-pad-hint");
const EDGE_COLOR = "#3fd0bf";
const ERASER_PX = 12;             // radius of what it takes away

let brushPx = 18;                 // how broad the pen looks; the network draws every stroke with a pen of its own
let isErasing = false;            // which tool is in the hand
let eraserAt = null;              // where the eraser hovers
const pen = { x: SIZE / 2, y: SIZE / 2, down: false, shown: false };  // of the keyboard

function traceStroke(context, stroke) {
  context.beginPath();
  context.moveTo(stroke[0][0], stroke[0][1]);
  // Midpoints joined by quadratic curves: smooth, and through the middle of every pair of points.
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = stroke[i];
    context.quadraticCurveTo(x, y, (x + stroke[i + 1][0]) / 2, (y + stroke[i + 1][1]) / 2);
  }
  const last = stroke[stroke.length - 1];
  context.lineTo(last[0] + (stroke.length === 1 ? 0.01 : 0), last[1]);  // a tap leaves a dot: a line of no length none
  context.stroke();
}

function paintImage(context, { image }) {
  const scale = SIZE / Math.max(image.width, image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  context.drawImage(image, (SIZE - width) / 2, (SIZE - height) / 2, width, height);
}

function paintCircle(context, x, y, radius, isFilled) {
  context.lineWidth = 2;
  context.strokeStyle = EDGE_COLOR;
  context.fillStyle = isFilled ? EDGE_COLOR : "transparent";
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function draw() {
  const width = sheet.clientWidth;
  if (!width) return;  // in a closed tab
  const context = fitCanvas(canvas, width, width);
  const colors = readColors(pad, { sheet: "--pad-sheet", ink: "--pad-ink" });
  context.fillStyle = colors.sheet;  // on paper, what shines through a canvas is white
  context.fillRect(0, 0, width, width);
  context.scale(width / SIZE, width / SIZE);
  if (uploaded) paintImage(context, uploaded);
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = brushPx;
  context.strokeStyle = colors.ink;
  for (const stroke of strokes) if (stroke.length) traceStroke(context, stroke);
  for (const overlay of shownOverlays) if (lastAnswer) overlay.paint(context, lastAnswer);
  if (pen.shown) paintCircle(context, pen.x, pen.y, isErasing ? ERASER_PX : brushPx / 2, pen.down);
  else if (isErasing && eraserAt) paintCircle(context, ...eraserAt, ERASER_PX, false);
  hint.hidden = hasInk() || pen.shown;
  setText(hint, [...shownOverlays].at(-1)?.hint ?? "Draw a digit");
}
