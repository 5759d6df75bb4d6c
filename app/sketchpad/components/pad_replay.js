// A drawing drawn again, stroke by stroke, the answer following: the example at the beginning, or what is on the pad.

const EXAMPLE_MS = 1500;
const REPLAY_MS_A_PX = 7;         // slow enough to watch the answer change
const SHORTEST_REPLAY_MS = 1500;
const LONGEST_REPLAY_MS = 8000;

let playing = null;               // the frame that comes next, or null
let kept = [];                    // the drawing while a replay is under way
let isExampleInk = false;         // nobody's drawing: the first touch takes it away
let touched = false;              // someone has drawn: the example never starts by itself again

function play(wanted, milliseconds, whenDone) {
  const fine = wanted.map(refineStroke);  // the pen moves evenly, however far apart the points lie
  const total = fine.reduce((sum, stroke) => sum + stroke.length, 0);
  validFrom = version + 1;
  const startedAt = performance.now();
  const frame = (now) => {
    if (!pad.isConnected) return;
    let left = Math.max(1, Math.round(Math.min(1, (now - startedAt) / milliseconds) * total));
    if (left >= total) {
      stopPlaying();
      return whenDone();
    }
    strokes = [];
    for (const stroke of fine) {
      if (left > 0) strokes.push(stroke.slice(0, left).map((point) => point.slice()));
      left -= stroke.length;
    }
    playing = requestAnimationFrame(frame);
    changed();
  };
  kept = wanted;
  playing = requestAnimationFrame(frame);
  showTools();
}

// The whole drawing is on the pad again, however far the replay had come.
function stopPlaying() {
  if (playing === null) return;
  cancelAnimationFrame(playing);
  playing = null;
  strokes = kept;
}

function playExample() {
  const wanted = ownProp(EXAMPLE) || [];
  if (!wanted.length || activePointer !== null) return;
  stopPlaying();
  liftPen();
  if (!isExampleInk && hasInk()) remember();
  isExampleInk = true;
  uploaded = null;
  strokes = [];
  if (!prefersReducedMotion()) return play(copyOf(wanted), EXAMPLE_MS, settle);
  validFrom = version + 1;
  strokes = copyOf(wanted);
  settle();
}

function playDrawing() {
  if (playing !== null) {
    stopPlaying();
    changed();
    return askNow();
  }
  if (!strokes.length || activePointer !== null) return;
  touched = true;
  liftPen();
  const length = strokes.reduce((sum, stroke) => sum + measureStroke(stroke), 0);
  const whenDone = () => {
    changed();
    askNow();
  };
  play(strokes, keepWithin(REPLAY_MS_A_PX * length, SHORTEST_REPLAY_MS, LONGEST_REPLAY_MS), whenDone);
}

// The first touch ends a replay and takes the example off the sheet; what people see then is their own.
function takeOver() {
  touched = true;
  stopPlaying();
  if (!isExampleInk) return;
  isExampleInk = false;
  strokes = [];
  validFrom = version + 1;
}
