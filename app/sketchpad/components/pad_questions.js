// Questions to Python and its answers: one under way at most, the newest drawing next. And broadcasts to the rest of the page.

const MIN_GAP_MS = 40;            // between an answer and the next question during a stroke
const RETRY_MS = 2000;            // where the server did not answer
const PUBLISH_MS = 300;           // Gradio gets the drawing after the answer, at the latest after this

let version = 0;
let validFrom = 0;                // answers to drawings before this version are about something else by now
let isAsking = false;
let askAt = null;                 // timer of the next question
let publishAt = null;             // timer of the next publication to Gradio
let wasRead = "";                 // the networks that the last answer is of
// Split rather than quoted: gr.HTML takes a quoted word in this script for the name of an event, and
// `gr.HTML(checkpoints=…)` would then send that event instead of the checkpoints.
const [VALUE, CHECKPOINTS, EXAMPLE, AUTOPLAY] = "value checkpoints example autoplay".split(" ");

// Nothing is being drawn, erased or replayed.
function isResting() {
  return activePointer === null && !pen.down && playing === null;
}

function changed() {
  version += 1;
  pad.dataset.version = version;
  showTools();
  draw();
  if (hasInk()) return askSoon();
  validFrom = version;
  lastAnswer = null;
  showBlank(version);
  if (isResting()) broadcastDrawing();
}

// A step is done: the answer comes at once, and Gradio gets the drawing.
function settle() {
  changed();
  askNow();
  publishSoon();
}

function askSoon() {
  if (!isAsking && askAt === null) askAt = setTimeout(ask, MIN_GAP_MS);
}

function askNow() {
  if (isAsking) return;  // the answer under way asks again by itself, because the version has moved on
  clearTimeout(askAt);
  ask();
}

async function ask() {
  askAt = null;
  if (!hasInk()) return;
  const asked = { version, checkpoints: ownProp(CHECKPOINTS) };
  isAsking = true;
  let answer;
  try {
    answer = JSON.parse(await server.predict({ drawing: currentDrawing(), checkpoints: asked.checkpoints }));
  } catch (error) {
    answer = undefined;
  }
  isAsking = false;
  if (!answer) setTimeout(() => { if (asked.version === version) askSoon(); }, RETRY_MS);
  const isCurrent = String(asked.checkpoints) === String(ownProp(CHECKPOINTS));
  // While someone draws, an answer to the drawing of a moment ago is still worth showing; after Clear it is not.
  if (isCurrent && hasInk() && asked.version >= validFrom) {
    wasRead = String(asked.checkpoints);
    lastAnswer = answer ?? null;
    showAnswer(answer, asked.version, !isResting());
    if (shownOverlays.size) draw();
  }
  if (isCurrent && asked.version === version && isResting()) broadcastDrawing(answer);
  if (publishAt !== null && asked.version === version) requestAnimationFrame(() => publishSoon(0));
  if (!isCurrent || asked.version !== version) {
    if (!hasInk()) return;
    if (isResting()) ask();
    else askSoon();
  }
}

// A drawing is broadcast to the sections below the pad when it rests: they read window.glassboxDrawing, on an event.
function broadcastDrawing(answer = null) {
  const checkpoints = [...ownProp(CHECKPOINTS)];
  const answers = answer && Array.isArray(answer.answers) ? answer.answers : [];
  window.glassboxDrawing = { drawing: currentDrawing(), checkpoint: checkpoints[0], checkpoints, answer, answers,
    brush: brushPx };
  document.dispatchEvent(new CustomEvent("glassbox-drawing"));
}

// Publish the drawing to Gradio, so that listeners and the API see the drawing. Gradio itself fires its event for a new value. Its machinery
// takes tens of milliseconds on the page's thread, so the answer to the drawing goes first.
function publishSoon(delay = hasInk() ? PUBLISH_MS : 0) {
  clearTimeout(publishAt);
  publishAt = setTimeout(publish, delay);
}

function publish() {
  publishAt = null;
  if (!isResting()) return;  // the end of this stroke publishes
  props.value = currentDrawing();
  trigger("input");
}
