// Drawing and erasing: mouse, finger, pen, and the keyboard's own pen.

let activePointer = null;
let erasedFrom = null;            // where the eraser was last, while it is down
let hasErased = false;            // this passage of the eraser has taken something: it is one step to undo

canvas.setAttribute("aria-label", "Drawing pad. Draw a digit with mouse, finger or pen. On the keyboard: arrow keys "
  + "move the pen, with Shift in small steps; Space or Enter lowers or lifts it; P takes the pen, X the eraser; "
  + "U undoes, Ctrl+Y does it again; C clears; R replays the drawing, E the example; "
  + `${OVERLAYS.map((overlay) => overlay.help).join("; ")}.`);

// ---- One stroke, or one passage of the eraser

function begin(x, y) {
  if (isErasing) return beginErasing(x, y);
  takeOver();
  remember();
  if (uploaded) validFrom = version + 1;  // drawing begins on an empty pad
  uploaded = null;
  strokes.push([[round(x), round(y)]]);
  changed();
}

function extend(x, y) {
  if (isErasing) return eraseTo(x, y);
  const stroke = strokes[strokes.length - 1];
  const last = stroke[stroke.length - 1];
  if (Math.hypot(x - last[0], y - last[1]) >= 0.5) stroke.push([round(x), round(y)]);
}

function finish() {
  eraserAt = erasedFrom = null;
  settle();
}

function beginErasing(x, y) {
  touched = true;
  stopPlaying();
  isExampleInk = false;  // whoever erases the example makes it a drawing of their own
  erasedFrom = [x, y];
  hasErased = false;
  eraseTo(x, y);
  changed();
}

function eraseTo(x, y) {
  eraserAt = [x, y];
  const left = eraseAlong(strokes, erasedFrom, [x, y], ERASER_PX);
  erasedFrom = [x, y];
  if (left === null) return;
  if (!hasErased) remember();
  hasErased = true;
  strokes = left;
}

// ---- Mouse, finger, pen

function padPoint(event) {
  const box = canvas.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width * SIZE), clamp((event.clientY - box.top) / box.height * SIZE)];
}

canvas.addEventListener("pointerdown", (event) => {
  if (activePointer !== null || event.button !== 0) return;
  event.preventDefault();
  canvas.focus({ preventScroll: true });
  liftPen();
  pen.shown = false;
  activePointer = event.pointerId;
  canvas.setPointerCapture(event.pointerId);
  begin(...padPoint(event));
});

canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== activePointer) {
    if (!isErasing || activePointer !== null) return;
    eraserAt = padPoint(event);
    return draw();
  }
  const fine = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  for (const one of fine.length ? fine : [event]) extend(...padPoint(one));
  changed();
});

canvas.addEventListener("pointerleave", () => {
  if (!isErasing || activePointer !== null) return;
  eraserAt = null;
  draw();
});

function onPointerEnd(event) {
  if (event.pointerId !== activePointer) return;
  if (event.type === "pointerup") extend(...padPoint(event));
  activePointer = null;
  finish();
}
canvas.addEventListener("pointerup", onPointerEnd);
canvas.addEventListener("pointercancel", onPointerEnd);

// ---- Keyboard

function liftPen() {
  if (!pen.down) return;
  pen.down = false;
  finish();
}

function movePen(dx, dy) {
  pen.shown = true;
  pen.x = clamp(pen.x + dx);
  pen.y = clamp(pen.y + dy);
  if (!pen.down) return draw();
  extend(pen.x, pen.y);
  changed();
}

function lowerOrLiftPen() {
  pen.shown = true;
  if (pen.down) return liftPen();
  pen.down = true;
  begin(pen.x, pen.y);
}

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.shiftKey ? 2 : 8;
  const actions = {
    ArrowLeft: () => movePen(-step, 0), ArrowRight: () => movePen(step, 0),
    ArrowUp: () => movePen(0, -step), ArrowDown: () => movePen(0, step),
    " ": lowerOrLiftPen, Enter: lowerOrLiftPen, u: undo, c: clear, Delete: clear, Backspace: clear,
    e: () => tools.example.click(), r: playDrawing, p: () => takeTool(false), x: () => takeTool(true),
    ...Object.fromEntries(OVERLAYS.map((overlay) => [overlay.key, () => toggleOverlay(overlay)])),
    "[": () => setBrush(brushPx - 1), "]": () => setBrush(brushPx + 1),
  };
  const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
});

canvas.addEventListener("blur", () => {
  liftPen();
  pen.shown = false;
  draw();
});
