// The bench of a small network over the plane. Python sends moments of a training as they are reached; this script shows
// them, goes through them without asking again, and asks how a unit comes to its number. The parts draw: slot, chart.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PlaneAnswer, PlaneSum } from "../payloads.js" */
/** @import { PlanePage, ReadMoment, Slot, UnitPlace } from "./types.js" */

import { createChannel, tellErrors } from "../../../ui/components/answers.js";
import { createAsker, readAnswer } from "../../../ui/components/asking.js";
import { createChart } from "../../../ui/components/chart.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { WHOLE } from "../../../ui/components/numbers.js";
import { markOld } from "../../../ui/components/old_result.js";
import { createTransport } from "../../../ui/components/transport.js";
import { chartLosses } from "./losses.js";
import { readMoment } from "./moments.js";
import { createSlot } from "./slot.js";
import { nameUnit } from "./unit_buttons.js";
import { tellPlace, writeSum } from "./unit_sum.js";

const REST_MS = 250; // the cursor stands still this long before it is spoken of
const FIELDS = "plane-field-";

/** @type {(given: Mounted) => void} */
export function mount({ element, props, server, watch, keptProps }) {
  const channel = createChannel("glassboxPlane");
  const page = /** @type {PlanePage} */ (/** @type {object} */ (channel.page));
  const plane = findPart(element, ".gb-plane");
  const waiting = findPart(plane, ".gb-plane-waiting");
  const spoken = findPart(plane, ".gb-plane-spoken");
  const sumLine = findPart(plane, ".gb-plane-sum");
  const lossChart = createChart(findPart(plane, ".gb-chart"), {
    onCursor: (epoch) => transport.moveTo(nearest(epoch)),
  });
  const transport = createTransport(findPart(plane, ".gb-transport"), onMove, { invites: true, tell });

  /** @type {Slot[]} */
  const slots = [];
  const shown = /** @type {Required<PlaneAnswer>} */ (
    /** @type {object} */ ({ networks: [], epochs: [0], is_done: true })
  );
  /** @type {ReadMoment[][]} */
  let moments = []; // of each network, as many of one as of the other
  let place = 0; // of the moment that is shown
  let asked = 0;
  let hasAsked = false; // whether the visitor has set anything
  let rest = 0;
  /** @type {{ slot: number, unit: UnitPlace, at: number[] } | null} */
  let wanted = null; // the sum that someone wants to see

  // ---- The cursor

  const numHere = () => moments[0]?.length ?? 0;

  /** @type {(steps: number) => string} */
  function tell(steps) {
    const at = Math.max(0, Math.min(steps, numHere() - 1));
    const { epochs } = shown;
    return `epoch ${WHOLE.format(epochs[at] ?? 0)} of ${WHOLE.format(epochs[epochs.length - 1])}`;
  }

  /** @type {(epoch: number) => number} */
  const nearest = (epoch) =>
    shown.epochs.reduce(
      (best, one, index) => (Math.abs(one - epoch) < Math.abs(shown.epochs[best] - epoch) ? index : best),
      0,
    );

  /** @type {(steps: number) => void} */
  function onMove(steps) {
    place = Math.max(0, Math.min(steps, numHere() - 1));
    draw();
    plane.removeAttribute("data-resting");
    clearTimeout(rest);
    rest = setTimeout(onRest, REST_MS);
  }

  function draw() {
    if (!numHere()) return;
    moments.forEach((some, index) => slots[index]?.show(some[place]));
    lossChart.setCursor(shown.epochs[place]);
  }

  function onRest() {
    if (!plane.isConnected || transport.isPlaying() || !shown.is_done) return;
    const told = slots.map((slot, index) => (slots.length > 1 ? `${"AB"[index]}, ` : "") + slot.tell());
    setText(spoken, [`${tell(place)}.`, ...told].join(" "));
    if (wanted) explainSoon(wanted);
    plane.setAttribute("data-resting", ""); // whoever looks at the page from outside can wait for it
  }

  // ---- Questions to Python: the controls' values, and then for further moments until all are there

  const askInTurn = createAsker(
    (/** @type {object} */ question) => server.answer(question),
    (text) => takeAnswer(readAnswer(text)),
  );

  /** @type {(first: number) => void} */
  function askFrom(first) {
    askInTurn(channel.withMoved({ values: page.values, beside: page.beside ?? "", first, asked }));
  }

  page.ask = (values, field) => {
    if (field) {
      hasAsked = true;
      delete page.moved[field];
    }
    page.values = values;
    asked += 1;
    sayTraining();
    askFrom(0);
  };

  function sayTraining() {
    const last = shown.epochs[shown.epochs.length - 1];
    const isUnderWay = !shown.is_done && numHere() > 0;
    setText(
      waiting,
      isUnderWay
        ? `Training \u2026 epoch ${WHOLE.format(shown.epochs[numHere() - 1])} of ${WHOLE.format(last)}`
        : "Training \u2026",
    );
    plane.setAttribute("aria-busy", "true");
  }

  /** @type {(answer: PlaneAnswer) => void} */
  function takeAnswer(answer) {
    if (answer.asked !== undefined && answer.asked !== asked) return; // something newer was asked
    const isWrong = Boolean(answer.errors || answer.error);
    if (answer.networks || isWrong) markOld(plane, isWrong); // something was entered wrongly: what is there stays
    channel.broadcast(tellErrors(answer, FIELDS));
    if (answer.networks) takeNetworks(/** @type {Required<PlaneAnswer>} */ (answer));
    if (answer.moments) takeMoments(answer.moments, answer.first ?? 0);
    if (isWrong) stopWaiting();
    else if (answer.moments) goOn(Boolean(answer.is_done));
  }

  /** @type {(answer: Required<PlaneAnswer>) => void} */
  function takeNetworks(answer) {
    const isFirst = !numHere();
    Object.assign(shown, answer);
    moments = answer.networks.map(() => []);
    const host = findPart(plane, ".gb-plane-networks");
    while (slots.length > answer.networks.length) slots.pop()?.root.remove();
    while (slots.length < answer.networks.length) slots.push(buildSlot(host, slots.length));
    plane.classList.toggle("has-two", slots.length > 1);
    answer.networks.forEach((network, index) => slots[index].setNetwork(network, answer.points, answer.kind));
    wanted = null;
    keptProps.kept = { shown, moments };
    transport.setLength(shown.epochs.length - 1, !isFirst, hasAsked);
  }

  /** @type {(host: HTMLElement, index: number) => Slot} */
  function buildSlot(host, index) {
    return createSlot(host, index ? "b" : "a", {
      onAsk: (unit, at) => explainSoon({ slot: index, unit, at: at ?? [0, 0] }),
      onLeave: () => {
        wanted = null;
      },
    });
  }

  /** @type {(added: PlaneAnswer["moments"], first: number) => void} */
  function takeMoments(added = [], first) {
    const { networks } = shown;
    added.forEach((some, index) => {
      moments[index].splice(first, Infinity, ...some.map((moment) => readMoment(networks[index], moment)));
    });
  }

  /** @type {(isDone: boolean) => void} */
  function goOn(isDone) {
    shown.is_done = isDone;
    lossChart.setValue(chartLosses(moments, shown.epochs[shown.epochs.length - 1], isDone), "Loss");
    transport.refresh();
    if (isDone) return stopWaiting();
    sayTraining();
    if (page.values) askFrom(numHere());
  }

  function stopWaiting() {
    setText(waiting, "");
    plane.removeAttribute("aria-busy");
    plane.dataset.answers = `${Number(plane.dataset.answers || 0) + 1}`; // how many trainings are there to their end
  }

  // ---- How a unit comes to its number

  const explainInTurn = createAsker(
    async (/** @type {NonNullable<typeof wanted>} */ about) => {
      const { slot, unit, at } = about;
      const question = { values: page.values, beside: page.beside ?? "", slot: "ab"[slot], moment: place, ...unit, at };
      return { about, text: await server.explain(channel.withMoved(question)) };
    },
    ({ about, text }) => {
      if (wanted !== about || text === undefined) return;
      const sum = /** @type {PlaneSum & { error?: string }} */ (JSON.parse(/** @type {string} */ (text)));
      if (sum.error) return setText(sumLine, sum.error);
      const name = nameUnit(about.unit, shown.networks[about.slot]);
      const which = slots.length > 1 ? `${"AB"[about.slot]}, ` : "";
      writeSum(sumLine, `${which}${name} at ${tellPlace(about.at)}`, sum);
    },
  );

  /** @type {(about: NonNullable<typeof wanted>) => void} */
  function explainSoon(about) {
    wanted = about;
    if (page.values) explainInTurn(about);
  }

  // The value is an answer as text; our own messages, which stand there in between, are objects.
  function takeValue() {
    if (typeof props.value === "string" && props.value) takeAnswer(JSON.parse(props.value));
  }

  plane.addEventListener("keydown", transport.onKey);
  // Gradio forgets a component's value while it is off the page: the page keeps what had come.
  if (keptProps.kept) {
    const kept = /** @type {{ shown: typeof shown, moments: ReadMoment[][] }} */ (keptProps.kept);
    const had = kept.moments;
    takeNetworks(kept.shown);
    moments = keptProps.kept.moments = had;
    goOn(kept.shown.is_done);
  }
  watch("value", takeValue);
  takeValue();
}
