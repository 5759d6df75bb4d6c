// Questions to Python about the drawing, and its answers: one under way at most, the newest drawing next.
/** @import { Asked, Drawing, SentDrawing } from "./types.js" */
/** @import { PadAnswer } from "../payloads.js" */

const MIN_GAP_MS = 40; // between an answer and the next question during a stroke
const RETRY_MS = 2000; // where the server did not answer

// `send` is given a request and promises the answer, `readNetworks` names the networks that are to be asked, and
// `isResting` says that nothing is being drawn, erased or replayed. `onAnswer` gets each answer that is about the drawing
// on the pad or that of a moment ago, or undefined where the server did not answer, with what was asked and whether
// nothing has changed since.
/**
 * @param {Drawing} drawing
 * @param {{
 *   send: (request: { drawing: SentDrawing, checkpoints: string[] }) => Promise<PadAnswer | undefined>,
 *   readNetworks: () => string[],
 *   isResting: () => boolean,
 *   onAnswer: (answer: PadAnswer | undefined, asked: Asked, isLatest: boolean) => void,
 *   signal: AbortSignal,
 * }} page
 */
export function createQuestions(drawing, { send, readNetworks, isResting, onAnswer, signal }) {
  let isAsking = false;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let next = null; // timer of the next question
  /** @type {ReturnType<typeof setTimeout> | null} */
  let again = null; // timer of the one that asks an absent server once more
  signal.addEventListener("abort", () => {
    clearTimeout(next ?? undefined);
    clearTimeout(again ?? undefined);
  });

  function askSoon() {
    if (!isAsking && next === null) next = setTimeout(ask, MIN_GAP_MS);
  }

  function askNow() {
    if (isAsking) return; // the answer under way asks again by itself, because the version has moved on
    clearTimeout(next ?? undefined);
    ask();
  }

  async function ask() {
    next = null;
    if (!drawing.hasInk()) return;
    const asked = { version: drawing.version(), networks: readNetworks() };
    isAsking = true;
    const answer = await send({ drawing: drawing.read(), checkpoints: asked.networks }).catch(() => undefined);
    isAsking = false;
    if (signal.aborted) return;
    const areSame = String(asked.networks) === String(readNetworks());
    const isLatest = areSame && asked.version === drawing.version();
    if (!answer) again = setTimeout(() => asked.version === drawing.version() && askSoon(), RETRY_MS);
    if (areSame && drawing.isAbout(asked.version)) onAnswer(answer, asked, isLatest);
    if (isLatest) return;
    if (isResting()) ask();
    else askSoon();
  }

  return { askSoon, askNow };
}
