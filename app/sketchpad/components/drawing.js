// The pad's drawing, for a section below it: taken when it rests, asked about while the section is seen. The section's
// own script, after this, has `host` and `askAboutDrawing()`, and begins with `takeDrawing()`.

let latestKey = null;            // the drawing, the checkpoint and the brush, as text
let serial = 0;                  // counts drawings: answers to an earlier one are let go
let isStale = false;             // the drawing has changed while the section was closed
let onPad = {};                  // the drawing, the checkpoint and the brush

function takeDrawing() {
  if (!host.isConnected) return document.removeEventListener("glassbox-drawing", takeDrawing);
  const { drawing = { strokes: [] }, checkpoint = "", brush = null } = window.glassboxDrawing || {};
  const key = JSON.stringify([drawing, checkpoint, brush]);
  if (key === latestKey) return;
  latestKey = key;
  onPad = { drawing, checkpoint, brush };
  serial += 1;
  isStale = true;
  askIfSeen();
}

function askIfSeen() {
  if (!isStale || host.offsetParent === null) return;
  isStale = false;
  host.setAttribute("aria-busy", "true");  // until the section's script takes the answer
  askAboutDrawing();
}

document.addEventListener("glassbox-drawing", takeDrawing);
