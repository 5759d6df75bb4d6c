// The eraser: what of the strokes is left where it has passed.

const CUT_PX = 2;                 // a stroke is cut to about this
const SHORTEST_PX = 3;            // a shorter piece that is left over is no stroke

// Distance of a point from the way between two points.
function distanceFromWay([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length ? keepWithin(((x - x0) * dx + (y - y0) * dy) / length, 0, 1) : 0;
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

// The same line with points close enough to be cut anywhere.
function refineStroke(stroke) {
  const fine = [stroke[0]];
  for (let i = 1; i < stroke.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [stroke[i - 1], stroke[i]];
    const parts = Math.ceil(Math.hypot(x1 - x0, y1 - y0) / CUT_PX);
    for (let part = 1; part < parts; part += 1) {
      fine.push([round(x0 + (x1 - x0) * part / parts), round(y0 + (y1 - y0) * part / parts)]);
    }
    fine.push(stroke[i]);
  }
  return fine;
}

function measureStroke(stroke) {
  return stroke.reduce((sum, [x, y], i) => (i ? sum + Math.hypot(x - stroke[i - 1][0], y - stroke[i - 1][1]) : 0), 0);
}

// What is left of a list of strokes where a circle has passed from one point to another; null where it touched none.
function eraseAlong(list, from, to, radius) {
  let isTouched = false;
  const left = [];
  for (const stroke of list) {
    const fine = refineStroke(stroke);
    const keeps = fine.map((point) => distanceFromWay(point, from, to) > radius);
    if (keeps.every(Boolean)) {
      left.push(stroke);
      continue;
    }
    isTouched = true;
    let piece = [];
    fine.forEach((point, i) => {
      if (keeps[i]) piece.push(point);
      if (!keeps[i] || i === fine.length - 1) {
        if (measureStroke(piece) >= SHORTEST_PX) left.push(piece);
        piece = [];
      }
    });
  }
  return isTouched ? left : null;
}
