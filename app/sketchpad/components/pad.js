// The sketchpad: what is drawn is asked about while it is drawn, and told to the rest of the page once it rests.
/** @import { FoundAnswer, PadAnswer } from "../payloads.js" */
/** @import { Asked, Overlay, ReadingState, Stroke } from "./types.js" */
/** @import { Mounted } from "../../ui/components/types.js" */

import { prefersReducedMotion, redrawOnChange } from "../../ui/components/canvas.js";
import { watchLifetime } from "../../ui/components/lifetime.js";
import { findCanvas, findPart, makeOwnProp } from "../../ui/components/nodes.js";
import { createDrawing } from "./drawing.js";
import { createFoundList, enlargeInput, findBoxAt, placeBoxes } from "./found_digits.js";
import { createHand } from "./hand.js";
import { keepDrawing, readKeptDrawing } from "./kept_drawing.js";
import { OVERLAYS } from "./overlays.js";
import { readPicture, receiveFiles } from "./picture.js";
import { createQuestions } from "./questions.js";
import { describeReading } from "./reading.js";
import { createReadingView } from "./reading_view.js";
import { createReplay } from "./replay.js";
import { createSheet } from "./sheet.js";
import { PAD_PX } from "./strokes.js";
import { createToolbar } from "./toolbar.js";

const PUBLISH_MS = 300; // Gradio gets the drawing after the answer, at the latest after this
const WAIT_MS = 50;
const MAX_WAITS = 100; // for a tab that has never been open
const NO_IMAGE = "This file cannot be opened as an image. Save it as PNG or JPEG and try again.";
const DESCRIPTION =
  "Drawing pad. Draw a digit with mouse, finger or pen. On the keyboard: arrow keys move the pen, with " +
  "Shift in small steps; Space or Enter lowers or lifts it; P takes the pen, X the eraser; U undoes, Ctrl+Y does it again; " +
  `C clears; R replays the drawing, E the example; ${OVERLAYS.map((overlay) => overlay.help).join("; ")}.`;

/** @param {Mounted} given */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const pad = findPart(element, ".gb-pad");
  const sheet = findPart(pad, ".gb-pad-sheet");
  const canvas = findCanvas(sheet);
  const sendButton = /** @type {HTMLButtonElement} */ (findPart(pad, ".gb-pad-send"));
  const ownProp = makeOwnProp({ props, keptProps });
  const readNetworks = () => /** @type {string[]} */ (ownProp("checkpoints"));
  const { signal, listen } = watchLifetime(pad);

  /** @type {ReadingState & { version: number }} */
  let state = { version: 0, hasInk: false }; // what the reading follows from
  let reading = describeReading(state);
  let wasRead = ""; // the networks that the last answer is of
  /** @type {Overlay[]} */
  let overlays = []; // those that are shown
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let publishAt; // timer of the next publication to Gradio

  const drawing = createDrawing(onChange);
  const hand = createHand(canvas, drawing, { redraw: draw, onStep: settle });
  const { paint: paintSheet, measure: measureSheet } = createSheet(pad, drawing);
  const showReading = createReadingView(pad);
  const showFound = createFoundList(pad, takeFound);
  const replay = createReplay(drawing, signal);
  const questions = createQuestions(drawing, {
    send: async (request) => JSON.parse(String(await server.predict(request))),
    readNetworks,
    isResting,
    onAnswer,
    signal,
  });
  const openFile = receiveFiles(pad, listen, takeImage);
  const toolbar = createToolbar(
    pad,
    {
      pen: () => takeTool(false),
      eraser: () => takeTool(true),
      undo,
      redo,
      clear,
      replay: playOrStop,
      image: openFile,
      example: playExample,
      ...Object.fromEntries(OVERLAYS.map((overlay) => [overlay.tool, () => toggle(overlay)])),
    },
    setBrush,
  );

  // ---- What follows from a change, and from an answer

  // Nothing is being drawn, erased or replayed.
  function isResting() {
    return !hand.isDown() && !drawing.isReplaying();
  }

  function onChange() {
    pad.dataset.version = String(drawing.version());
    showTools();
    draw();
    if (drawing.hasInk()) return questions.askSoon();
    show({ version: drawing.version(), hasInk: false });
    if (isResting()) broadcast();
  }

  // A step is done: the answer comes at once, and Gradio gets the drawing.
  function settle() {
    questions.askNow();
    publishSoon();
  }

  /** @type {(answer: PadAnswer | undefined, asked: Asked, isLatest: boolean) => void} */
  function onAnswer(answer, asked, isLatest) {
    wasRead = String(asked.networks);
    const hadFound = state.answer?.found; // whose boxes go
    show({ version: asked.version, hasInk: true, answer, isDrawing: !isResting() });
    if (overlays.length || hadFound || answer?.found) draw();
    if (!isLatest) return;
    if (isResting()) broadcast(answer);
    if (publishAt !== undefined) requestAnimationFrame(() => publishSoon(0));
  }

  /** @param {ReadingState & { version: number }} newState */
  function show(newState) {
    state = newState;
    reading = describeReading({ ...state, keepsColumns: reading.hasColumns && readNetworks().length > 1 });
    showFound(newState.hasInk ? newState.answer : undefined);
    showReading(reading, state.version);
  }

  function draw() {
    const isOld = state.answer?.found && !drawing.isAbout(state.version);
    paintSheet(hand.look(), overlays, isOld ? undefined : state.answer);
  }

  function showTools() {
    toolbar.show(drawing, hand, overlays);
    sendButton.disabled = !drawing.hasInk();
  }

  // ---- Tools

  // Each is a step of its own, and waits for the end of a stroke.
  /** @param {() => void} change */
  function doStep(change) {
    if (hand.isPressed()) return;
    hand.lift();
    change();
    settle();
  }

  function undo() {
    if (drawing.canUndo()) doStep(drawing.undo);
  }

  function redo() {
    if (drawing.canRedo()) doStep(drawing.redo);
  }

  function clear() {
    if (drawing.hasInk()) doStep(drawing.clear);
  }

  /** @param {boolean} wantsEraser */
  function takeTool(wantsEraser) {
    hand.take(wantsEraser);
    showTools();
  }

  /** @param {number} px */
  function setBrush(px) {
    hand.setBrush(px);
    toolbar.showWidth(hand.brushPx());
  }

  /** @param {Overlay} overlay */
  function toggle(overlay) {
    overlays = overlays.includes(overlay) ? overlays.filter((each) => each !== overlay) : [...overlays, overlay];
    showTools();
    draw();
  }

  function playExample() {
    const example = /** @type {Stroke[] | undefined} */ (ownProp("example")) ?? [];
    if (!example.length || hand.isPressed()) return;
    hand.lift();
    if (!prefersReducedMotion()) return replay.playExample(example, settle);
    drawing.showExample(example);
    settle();
  }

  function playOrStop() {
    if (drawing.isReplaying()) {
      drawing.showWhole();
      return questions.askNow();
    }
    if (!drawing.strokes().length || hand.isPressed()) return;
    hand.lift();
    replay.playDrawing(questions.askNow);
  }

  /** @param {Blob | undefined} file */
  async function takeImage(file) {
    if (!file || hand.isPressed()) return;
    const picture = await readPicture(file);
    if (picture === null) return show({ ...state, mistake: NO_IMAGE });
    hand.lift();
    drawing.showPicture(picture);
    settle();
  }

  // One of several digits becomes the drawing.
  /** @param {FoundAnswer} found */
  function takeFound(found) {
    if (!found.image) return;
    hand.lift();
    drawing.showPicture(enlargeInput(found.image));
    canvas.focus({ preventScroll: true }); // its button goes
    settle();
  }

  // Before the hand, which would begin a stroke.
  sheet.addEventListener(
    "pointerdown",
    (event) => {
      const picture = drawing.picture();
      const found = state.answer?.found;
      if (!picture || !found || !drawing.isAbout(state.version) || event.button !== 0) return;
      const box = canvas.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      const place = findBoxAt(placeBoxes(found, picture.image), [x * PAD_PX, y * PAD_PX]);
      if (place < 0 || !found[place].image) return;
      event.preventDefault();
      event.stopPropagation();
      takeFound(found[place]);
    },
    { capture: true },
  );

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      ...hand.keys(event),
      u: undo,
      c: clear,
      Delete: clear,
      Backspace: clear,
      e: playExample,
      r: playOrStop,
      p: () => takeTool(false),
      x: () => takeTool(true),
      "[": () => setBrush(hand.brushPx() - 1),
      "]": () => setBrush(hand.brushPx() + 1),
      ...Object.fromEntries(OVERLAYS.map((overlay) => [overlay.key, () => toggle(overlay)])),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });

  // Ctrl+Z and its like hold for the whole pad, also while the focus is on one of its buttons.
  pad.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });

  // ---- To the rest of the page, and to Gradio

  // The sections below the pad read window.glassboxDrawing, on an event, when the drawing rests.
  /** @param {PadAnswer | null} answer */
  function broadcast(answer = null) {
    const checkpoints = [...readNetworks()];
    window.glassboxDrawing = {
      drawing: drawing.read(),
      checkpoint: checkpoints[0],
      checkpoints,
      answer,
      answers: answer?.answers ?? [],
      brush: hand.brushPx(),
    };
    document.dispatchEvent(new CustomEvent("glassbox-drawing"));
  }

  // Listeners and the API see the drawing by Gradio, which fires its event for a new value. Its machinery takes tens of
  // milliseconds on the page's thread, so the answer to the drawing goes first.
  function publishSoon(delay = drawing.hasInk() ? PUBLISH_MS : 0) {
    clearTimeout(publishAt);
    publishAt = signal.aborted ? undefined : setTimeout(publish, delay);
  }

  function publish() {
    clearTimeout(publishAt);
    publishAt = undefined;
    if (!isResting()) return; // the end of this stroke publishes
    props.value = drawing.read();
    trigger("input");
  }

  // To Conv & pool, whose tab is opened first, because it listens only once it has been open.
  sendButton.addEventListener("click", () => {
    if (!drawing.hasInk()) return;
    if (drawing.isReplaying()) drawing.showWhole();
    publish();
    document.dispatchEvent(new CustomEvent("glassbox-open", { detail: "inspection/window" }));
    let waits = 0;
    const send = () => {
      waits += 1;
      if (window.glassboxMaps?.ask || waits > MAX_WAITS) trigger("submit");
      else if (!signal.aborted) setTimeout(send, WAIT_MS);
    };
    send();
  });

  // ---- From there

  // Put a drawing on the pad, {strokes, size} or {picture}, as a step that can be undone.
  /** @param {{ strokes?: Stroke[], size?: number, picture?: string } | null} sent */
  function takeDrawing(sent) {
    hand.lift();
    drawing.showStrokes(sent?.strokes ?? [], sent?.size || undefined);
    questions.askNow();
    if (sent?.picture)
      fetch(sent.picture)
        .then((file) => file.blob())
        .then(takeImage);
  }

  /** @param {{ strokes?: Stroke[], size?: number, picture?: string }} sent */
  function takeOthersDrawing(sent) {
    takeDrawing(sent);
    publishSoon();
  }

  function keep() {
    keepDrawing(drawing.isExample() || !drawing.hasInk() ? null : drawing.readWhole());
  }

  signal.addEventListener("abort", () => clearTimeout(publishAt));
  listen(document, "glassbox-show-drawing", ({ detail }) => takeOthersDrawing(detail));
  listen(window, "pagehide", keep);
  listen(document, "visibilitychange", () => document.hidden && keep());
  watch("value", () => takeDrawing(props.value));
  watch("checkpoints", () => {
    if (readNetworks() && drawing.hasInk() && wasRead !== String(readNetworks())) questions.askNow();
  });

  canvas.setAttribute("aria-label", DESCRIPTION);
  redrawOnChange(sheet, () => {
    measureSheet();
    draw();
  });
  onChange();
  const kept = readKeptDrawing();
  if (props.value?.picture || props.value?.strokes?.length) takeDrawing(props.value);
  else if (kept) takeOthersDrawing(kept);
  else if (ownProp("autoplay") !== false && !prefersReducedMotion()) playExample();
}
