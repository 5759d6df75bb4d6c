// The transport: one cursor, the number of steps taken, moved by buttons, keys, the scrubber and the clock.
/** @import { Playing, Transport } from "./types.js" */

import { prefersReducedMotion } from "./canvas.js";
import { setText } from "./nodes.js";
import { formatNumber } from "./numbers.js";

const STEP_MS = 250; // one step at 1×
const GLIDE_MS = 160; // one press of a button
const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/** @type {(steps: number, numSteps: number) => string} */
const tellStep = (steps, numSteps) => `step ${formatNumber(steps)} of ${formatNumber(numSteps)}`;

// `onMove` hears the whole number of steps taken and the drawn position, which glides from one to the next. A transport
// that loops begins again at its end; one that invites stands at its start, and says so, until someone uses it; `tell`
// writes where it stands.
/** @type {(root: HTMLElement, onMove: (steps: number, position: number) => void, how?: Playing) => Transport} */
export function createTransport(
  root,
  onMove,
  { firstSpeed = 5, loops = false, invites = false, tell = tellStep } = {},
) {
  const moving = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-move]")]);
  /** @type {Record<string, HTMLElement>} */
  const buttons = Object.fromEntries(moving.map((button) => [button.dataset.move, button]));
  const speed = /** @type {HTMLSelectElement} */ (root.querySelector("select"));
  const scrubber = /** @type {HTMLInputElement} */ (root.querySelector("input"));
  const place = /** @type {HTMLOutputElement} */ (root.querySelector("output"));

  let numSteps = 0;
  let isEmpty = true; // before the first race
  let isInviting = invites;
  let steps = 0;
  let position = 0;
  let playing = false;
  /** @type {number | null} */
  let frame = null;
  let lastFrameAt = 0;
  let pace = 0; // of a glide, in steps a millisecond

  for (const factor of SPEEDS) speed.add(new Option(`${factor}\u00d7`, `${factor}`, false, factor === firstSpeed));

  function show() {
    if (Number(scrubber.value) !== steps) scrubber.value = `${steps}`;
    scrubber.style.setProperty("--progress", `${(100 * steps) / Math.max(1, numSteps)}%`);
    scrubber.setAttribute("aria-valuetext", `step ${steps} of ${numSteps}`);
    setText(place, tell(steps, numSteps));
    onMove(steps, playing && prefersReducedMotion() ? steps : position);
  }

  function requestNextFrame() {
    if (frame !== null) return;
    lastFrameAt = performance.now();
    frame = requestAnimationFrame(onFrame);
  }

  /** @type {(now: number) => void} */
  function onFrame(now) {
    frame = null;
    if (!root.isConnected) return;
    if (loops && root.offsetParent === null) return void (frame = requestAnimationFrame(onFrame)); // on a hidden tab
    const elapsed = Math.min(100, Math.max(0, now - lastFrameAt)); // a page that was away goes on where it was
    lastFrameAt = now;
    const before = position;
    if (playing) {
      position = Math.min(numSteps, position + (elapsed * Number(speed.value)) / STEP_MS);
      steps = Math.floor(position);
      if (position === numSteps && loops) position = steps = 0;
      else if (position === numSteps) setPlaying(false);
    } else {
      const left = steps - position;
      position = Math.abs(left) <= pace * elapsed ? steps : position + Math.sign(left) * pace * elapsed;
    }
    if (position !== before) show();
    if (playing || position !== steps) frame = requestAnimationFrame(onFrame);
  }

  /** @type {(wanted: boolean) => void} */
  function setPlaying(wanted) {
    stopInviting();
    if (wanted) position = steps = steps < numSteps ? steps : 0; // no glide is left to finish
    playing = wanted;
    buttons.play.textContent = playing ? "Pause" : "Play";
    if (playing) requestNextFrame();
    else glideTo(Math.round(position));
    show();
  }

  /** @type {(target: number) => void} */
  function glideTo(target) {
    stopInviting();
    steps = Math.min(numSteps, Math.max(0, Math.round(target)));
    if (prefersReducedMotion()) position = steps;
    pace = Math.abs(steps - position) / GLIDE_MS;
    if (position !== steps) requestNextFrame();
  }

  // From here on the cursor is the visitor's: it stops playing and goes where it is told.
  /** @type {(target: number, how?: { glides?: boolean }) => void} */
  function moveTo(target, { glides = false } = {}) {
    if (isEmpty) return;
    if (playing) setPlaying(false);
    glideTo(target);
    if (!glides) position = steps;
    show();
  }

  function stopInviting() {
    if (isInviting) root.classList.remove("is-inviting");
    isInviting = false;
  }

  // A race of the same kind keeps the place, the end being a place too; another kind is shown at its end.
  // One that a visitor has asked for before pressing Play is shown at its end too.
  /** @type {Transport["setLength"]} */
  function setLength(newNumSteps, isSameKind, isAsked = false) {
    const wasInviting = isInviting;
    if (isAsked) stopInviting();
    const wasAtEnd = !loops && (isEmpty || wasInviting || !isSameKind || (steps === numSteps && !playing));
    numSteps = newNumSteps;
    isEmpty = false;
    scrubber.max = `${numSteps}`;
    if (wasAtEnd) playing = false;
    if (isInviting) root.classList.add("is-inviting");
    if (wasAtEnd || position > numSteps) position = steps = loops || isInviting ? 0 : numSteps;
    buttons.play.textContent = playing ? "Pause" : "Play";
    show();
  }

  // Go on from there, playing or not.
  /** @type {(target: number) => void} */
  function jumpTo(target) {
    position = steps = target;
    show();
  }

  const moves = {
    reset: () => moveTo(0),
    back: () => moveTo(steps - 1, { glides: true }),
    play: () => setPlaying(!playing),
    step: () => moveTo(steps + 1, { glides: true }),
  };
  for (const [name, move] of Object.entries(moves)) buttons[name].addEventListener("click", move);
  scrubber.addEventListener("input", () => moveTo(Number(scrubber.value)));

  // Buttons keep Space for pressing themselves; everywhere else it plays and pauses.
  /** @type {(event: KeyboardEvent) => void} */
  function onKey(event) {
    if (isEmpty || event.altKey || event.ctrlKey || event.metaKey || event.target === speed) return;
    const by = event.shiftKey ? Math.max(1, Math.round(numSteps / 10)) : 1;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => moveTo(steps - by, { glides: true }),
      ArrowRight: () => moveTo(steps + by, { glides: true }),
      Home: moves.reset,
      End: () => moveTo(numSteps),
      r: moves.reset,
    };
    if (/** @type {Element} */ (event.target).tagName !== "BUTTON") keys[" "] = moves.play;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  return {
    setLength,
    moveTo,
    jumpTo,
    refresh: show,
    onKey,
    play: () => setPlaying(true),
    pause: () => playing && setPlaying(false),
    isPlaying: () => playing,
  };
}
