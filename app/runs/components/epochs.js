// How a run learned. Python sends the answers and the weights of every epoch; this script shows one epoch of them.

/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { Epochs } from "../payloads.js" */

import { createAsker, readAnswer } from "../../ui/components/asking.js";
import { redrawOnChange } from "../../ui/components/canvas.js";
import { waitUntilNear, watchLifetime } from "../../ui/components/lifetime.js";
import { findPart, setText } from "../../ui/components/nodes.js";
import { readRamps } from "../../ui/components/sheets.js";
import { createTransport } from "../../ui/components/transport.js";
import { createEpochAnswers } from "./epoch_answers.js";
import { createEpochFilters } from "./epoch_filters.js";
import { FIRST_FOCUS, follow } from "./focus.js";

const NEW_EPOCH_MS = 2000; // while the run trains, it is asked this often whether there is one more

/** @type {(given: Mounted) => void} */
export function mount({ element, server }) {
  const host = findPart(element, ".gb-learning");
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const life = watchLifetime(host);

  /** @type {Epochs | null} */
  let run = null; // the chosen run's epochs, as Python sent them; null where it has none
  /** @type {{ id: string }} */
  let focus = FIRST_FOCUS;
  let epoch = 0; // which of the kept weights are shown
  let timer = 0;

  const askForEpochs = createAsker(
    (request) => server.epochs(request),
    (text) => takeEpochs(readAnswer(text)),
  );
  const askForAnswers = createAsker(
    (request) => server.answers(request),
    (text) => takeAnswers(readAnswer(text)),
  );
  const askForUnit = createAsker(
    async (/** @type {{ id: string, unit: number }} */ request) => ({
      id: request.id,
      text: await server.unit(request),
    }),
    takeUnit,
  );
  const answers = createEpochAnswers(host, (image) => {
    if (run) askForAnswers({ id: run.id, ...image });
    return Boolean(run);
  });
  const filters = createEpochFilters(host, (unit) => run && askForUnit({ id: run.id, unit }));
  const transport = createTransport(find(".gb-transport"), showEpoch, {
    firstSpeed: 0.5,
    tell: (steps) => run?.epochs[steps]?.label ?? "",
  });

  // ---- Which run, and how far it has come

  function askWhatIsNew() {
    if (life.isOver()) return;
    askForEpochs({ id: focus.id, num_known: run?.id === focus.id ? run.epochs.length : 0 });
  }

  /** @type {(answer: any) => void} */
  function takeEpochs(answer) {
    clearTimeout(timer);
    if (life.isOver()) return;
    if (answer.id !== undefined && answer.id !== focus.id) return; // another run has been chosen meanwhile
    if (answer.is_live) timer = setTimeout(waitForEpoch, NEW_EPOCH_MS);
    if (answer.is_same) return;
    const absent = answer.error || answer.absent || "";
    setText(find(".gb-learning-absent"), absent);
    find(".gb-learning-parts").hidden = Boolean(absent);
    const isOther = run?.id !== answer.id;
    run = absent ? null : answer;
    if (isOther) answers.forget();
    host.dataset.run = run?.id ?? "";
    if (!run) return;
    setText(find("h3"), run.title);
    filters.setRun(run, isOther);
    answers.setLast(run.last_index);
    transport.setLength(run.epochs.length - 1, !isOther);
    answers.askAgain();
  }

  function waitForEpoch() {
    if (document.visibilityState === "visible" && host.offsetParent !== null) askWhatIsNew();
    else if (!life.isOver()) timer = setTimeout(waitForEpoch, NEW_EPOCH_MS);
  }

  /** @type {(answer: any) => void} */
  function takeAnswers(answer) {
    answers.tellError(answer.error || "");
    if (answer.error || !run || answer.id !== run.id) return;
    answers.setAnswers(answer, run.classes);
    draw();
  }

  // Another run has a filter of this number too.
  /** @type {(told: { id: string, text: any }) => void} */
  function takeUnit({ id, text }) {
    if (id === run?.id) filters.setUnit(readAnswer(text));
  }

  // ---- One epoch

  /** @type {(steps: number) => void} */
  function showEpoch(steps) {
    if (!run?.epochs[steps]) return;
    epoch = steps;
    answers.showEpoch(epoch);
    filters.showEpoch(epoch);
    host.dataset.epoch = String(epoch);
  }

  function draw() {
    if (!run || host.clientWidth < 40) return;
    const ramps = readRamps(host);
    filters.setRamps(ramps);
    answers.drawImage(ramps.ink);
    showEpoch(epoch);
  }

  find(".gb-learning-parts").addEventListener("keydown", (event) => {
    if (!answers.isField(event.target) && !filters.hasKeys(event.target)) transport.onKey(event);
  });
  const hook = { takeDrawing: answers.takeDrawing };
  window.glassboxLearning = hook;
  redrawOnChange(host, draw);
  const whenNear = waitUntilNear(host, life);
  follow(life, "glassbox-run", (detail) => {
    if (detail.id !== focus.id) transport.pause();
    focus = detail;
    whenNear(askWhatIsNew);
  });
  life.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    transport.pause();
    if (window.glassboxLearning === hook) delete window.glassboxLearning;
  });
}
