// Fine-tuning a network on the kept digits: a run is started, announced to the page, and followed until it ends.
/** @import { NetworkList } from "../payloads.js" */
/** @import { KeptDigit, Server, TuningOwner } from "./types.js" */

import { readAnswer } from "../../ui/components/asking.js";
import { findPart, setText } from "../../ui/components/nodes.js";
import { keepRunKeys } from "../../ui/components/run_keys.js";
import { countWords } from "./digits.js";
import { readOwnRuns, shareOwnRun } from "./own_runs.js";

const FOLLOW_MS = 700;

// `part` is the section; readDigits() returns the digits, onStart(id) and onDone() are told of a run.
/** @type {(part: HTMLElement, server: Server, owner: TuningOwner) => { follow(digits: KeptDigit[]): void }} */
export function createDigitTuning(part, server, { minDigits, readDigits, onStart, onDone }) {
  const choice = /** @type {HTMLSelectElement} */ (findPart(part, "select"));
  const startButton = /** @type {HTMLButtonElement} */ (findPart(part, "button"));
  const error = findPart(part, ".gb-mine-error");
  const mixture = findPart(part, ".gb-mine-mixture");
  const progress = /** @type {HTMLProgressElement} */ (findPart(part, "progress"));
  const progressText = findPart(part, ".gb-mine-progress");

  /** @type {string | null} */
  let runId = null; // the run that is followed
  let isStarting = false;

  // ---- Which network

  async function listNetworks() {
    /** @type {NetworkList | null} */
    const answer = await server.networks({ runs: readOwnRuns() }).then(readAnswer, () => null);
    if (!answer?.networks) return;
    const wanted = choice.value || window.glassboxDrawing?.checkpoint || "";
    choice.replaceChildren(...answer.networks.map(({ key, label }) => new Option(label, key)));
    if (answer.networks.some(({ key }) => key === wanted)) choice.value = wanted;
  }

  // ---- The run

  async function start() {
    isStarting = true;
    follow(readDigits());
    setText(error, "");
    const digits = readDigits().map(({ label, size, strokes }) => ({ label, size, strokes }));
    const request = { key: choice.value, digits, runs: readOwnRuns() };
    const answer = await server.tune(request).then(readAnswer, () => readAnswer(undefined));
    isStarting = false;
    if (answer.error) {
      setText(error, answer.error);
      return follow(readDigits());
    }
    const { id, owner_key: key } = answer;
    runId = id;
    keepRunKeys({ [id]: key });
    shareOwnRun(id);
    setText(mixture, answer.about);
    onStart(id);
    look();
  }

  async function look() {
    if (!part.isConnected) return;
    const text = await server.look({ id: runId }).catch(() => undefined);
    if (text === undefined) return void setTimeout(look, 4 * FOLLOW_MS); // the server may come back
    const answer = readAnswer(text);
    setText(progressText, answer.error || answer.text);
    progress.value = answer.share || 0;
    progress.hidden = !answer.is_live;
    if (answer.is_live) return void setTimeout(look, FOLLOW_MS);
    runId = null;
    follow(readDigits());
    if (answer.is_done) {
      onDone();
      listNetworks();
    }
  }

  // Called whenever the digits are others.
  /** @param {KeptDigit[]} digits */
  function follow(digits) {
    const isEnough = digits.length >= minDigits;
    startButton.disabled = !isEnough || isStarting || runId !== null;
    setText(
      startButton,
      isEnough ? `Fine-tune it on ${countWords(digits.length, "digit")}` : `Fine-tune it: needs ${minDigits} digits`,
    );
  }

  startButton.addEventListener("click", start);
  choice.addEventListener("pointerdown", listNetworks, { passive: true });
  listNetworks();
  return { follow };
}
