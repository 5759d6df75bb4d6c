// What is on the pad, and what was before: strokes, or an uploaded image in their place. Clearing, erasing and uploading
// are steps like any other.

const SIZE = 280;                 // the pad's own pixels: what a stroke's coordinates count
const MAX_STEPS = 200;

let strokes = [];                 // finished strokes and, last, the one being drawn
let uploaded = null;              // { url, image }, while `strokes` is empty
let past = [];                    // what was on the pad before each step
let future = [];                  // what has been undone

const round = (value) => Math.round(value * 10) / 10;
const clamp = (value) => keepWithin(value, 0, SIZE);
const copyOf = (list) => list.map((stroke) => stroke.map((point) => point.slice()));

function hasInk() {
  return strokes.length > 0 || uploaded !== null;
}

// The drawing as Python and the rest of the page read it.
function currentDrawing() {
  return uploaded ? { picture: uploaded.url } : { strokes: copyOf(strokes), size: SIZE };
}

function snapshot() {
  return { strokes: copyOf(strokes), uploaded };
}

function remember() {
  past.push(snapshot());
  if (past.length > MAX_STEPS) past.shift();
  future = [];
}

// Put back what was before, or what has been undone; `from` and `to` are the two lists.
function moveStep(from, to) {
  to.push(snapshot());
  ({ strokes, uploaded } = from.pop());
}
