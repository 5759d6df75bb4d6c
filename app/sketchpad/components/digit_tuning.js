// Fine-tuning a network on the kept digits: a run is started, announced to the page, and followed until it ends.

import { readAnswer } from "../../ui/components/asking.js";
import { setText } from "../../ui/components/nodes.js";
import { keepRunKeys } from "../../ui/components/run_keys.js";
import { countWords } from "./digits.js";
import { readOwnRuns, shareOwnRun } from "./own_runs.js";

const FOLLOW_MS = 700;

// `part` is the section; readDigits() returns the digits, onStart(id) and onDone() are told of a run.
export function createDigitTuning(part, server, { minDigits, readDigits, onStart, onDone }) {
  const choice = part.querySelector("select");
  const startButton = part.querySelector("button");
  const error = part.querySelector(".gb-mine-error");
  const mixture = part.querySelector(".gb-mine-mixture");
  const progress = part.querySelector("progress");
  const progressText = part.querySelector(".gb-mine-progress");

  let runId = null;         // the run that is followed
  let isStarting = false;

  // ---- Which network

  async function listNetworks() {
    const answer = await server.networks({ runs: readOwnRuns() }).then(readAnswer, () => null);
    if (!answer?.networks) return;
    const wanted = choice.value || window.glassboxDrawing?.checkpoint;
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
    const answer = await server.tune(request).then(readAnswer, () => readAnswer());
    isStarting = false;
    if (answer.error) {
      setText(error, answer.error);
      return follow(readDigits());
    }
    runId = answer.id;
    keepRunKeys({ [runId]: answer.owner_key });
    shareOwnRun(runId);
    setText(mixture, answer.about);
    onStart(runId);
    look();
  }

  async function look() {
    if (!part.isConnected) return;
    const answer = await server.look({ id: runId }).then(readAnswer, () => null);
    if (answer === null) return setTimeout(look, 4 * FOLLOW_MS);  // the server may come back
    setText(progressText, answer.error || answer.text);
    progress.value = answer.share || 0;
    progress.hidden = !answer.is_live;
    if (answer.is_live) return setTimeout(look, FOLLOW_MS);
    runId = null;
    follow(readDigits());
    if (answer.is_done) {
      onDone();
      listNetworks();
    }
  }

  // Called whenever the digits are others.
  function follow(digits) {
    const isEnough = digits.length >= minDigits;
    startButton.disabled = !isEnough || isStarting || runId !== null;
    setText(startButton, isEnough ? `Fine-tune it on ${countWords(digits.length, "digit")}` : `Fine-tune it: needs ${minDigits} digits`);
  }

  startButton.addEventListener("click", start);
  choice.addEventListener("pointerdown", listNetworks, { passive: true });
  listNetworks();
  return { follow };
}
