// The pad's drawing, for a section below it: heard of when it rests, asked about while the section is seen. The section's
// own script, after this, has `host` and `askAboutDrawing()`, and begins with `hearDrawing()`.

let heard = null;                // the drawing, the checkpoint and the brush, as text
let serial = 0;                  // counts drawings: answers to an earlier one are let go
let isStale = false;             // the drawing has changed while the section was closed
let told = {};                   // what the pad told last

function hearDrawing() {
  if (!host.isConnected) return document.removeEventListener("glassbox-drawing", hearDrawing);
  const { drawing = { strokes: [] }, checkpoint = "", brush = null } = window.glassboxDrawing || {};
  const key = JSON.stringify([drawing, checkpoint, brush]);
  if (key === heard) return;
  heard = key;
  told = { drawing, checkpoint, brush };
  serial += 1;
  isStale = true;
  askIfSeen();
}

function askIfSeen() {
  if (!isStale || host.offsetParent === null) return;
  isStale = false;
  askAboutDrawing();
}

document.addEventListener("glassbox-drawing", hearDrawing);
