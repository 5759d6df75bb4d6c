// The bench of a small network over the plane. Python sends moments of a training as they are reached; this script shows
// them, goes through them without asking again, and sends what is set by hand. Its parts draw: slots, chart, tools.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PlaneAnswer } from "../payloads.js" */
/** @import { PlanePage, Slot, Training } from "./types.js" */

import { createChannel, tellErrors } from "../../../ui/components/answers.js";
import { askAwaited, createAsker, readAnswer } from "../../../ui/components/asking.js";
import { createChart } from "../../../ui/components/chart.js";
import { watchLifetime } from "../../../ui/components/lifetime.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { markOld } from "../../../ui/components/old_result.js";
import { createTransport } from "../../../ui/components/transport.js";
import { createComparing } from "./comparing.js";
import { createExplaining } from "./explaining.js";
import { chartLosses } from "./losses.js";
import { showOwn } from "./own_points.js";
import { watchPaste } from "./pasting.js";
import { createPointEditor } from "./point_editor.js";
import { tellShown } from "./shown.js";
import { createSlot } from "./slot.js";
import { watchHand } from "./surface_hand.js";
import { createTraining } from "./training.js";
import { nameUnit } from "./unit_buttons.js";
import { tellPlace } from "./unit_sum.js";

const REST_MS = 250; // the cursor stands still this long before Python hears where
const PAUSE_MS = 120; // so long a hand that sets points does not move before a training begins
const FIELDS = "plane-field-";
const HINT = "Point at a unit or at the surface: here it is written out how the number comes about.";

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const channel = createChannel("glassboxPlane");
  const page = /** @type {PlanePage} */ (/** @type {object} */ (channel.page));
  const plane = findPart(element, ".gb-plane");
  const bar = findPart(plane, ".gb-plane-bar");
  const waiting = findPart(plane, ".gb-plane-waiting");
  const spoken = findPart(plane, ".gb-plane-spoken");
  const lifetime = watchLifetime(plane);
  const training = /** @type {Training} */ (keptProps.kept ?? createTraining()); // Gradio forgets it where it is hidden
  /** @type {Slot[]} */
  const slots = [];
  let place = 0; // of the moment that is shown
  let asked = 0;
  let hasAsked = false; // whether the visitor has set anything
  let rest = 0;
  let pause = 0; // until a hand that sets points pauses
  /** @type {number[]} */
  let lastAt = [0, 0]; // where the pointer was on a surface, for units that a key reaches
  let said = ""; // what Python has heard of

  const lossChart = createChart(findPart(plane, ".gb-chart"), {
    onCursor: (epoch) => transport.moveTo(training.nearest(epoch)),
  });
  const explaining = createExplaining(findPart(plane, ".gb-plane-sum"), {
    ask: async ({ slot, unit, at }) =>
      page.values &&
      server.explain(
        channel.withMoved({
          values: page.values,
          beside: page.beside ?? "",
          slot: "ab"[slot],
          moment: place,
          ...unit,
          at,
        }),
      ),
    name: ({ slot, unit, at }) =>
      `${slots.length > 1 ? `${"AB"[slot]}, ` : ""}${nameUnit(unit, training.answer().networks[slot])} at ${tellPlace(at)}`,
    hint: HINT,
  });
  const editor = createPointEditor(bar, {
    limit: keptProps.maxPoints,
    read: () => training.answer(),
    onTool: (tool) => {
      plane.dataset.tool = tool;
    },
    onEdit,
    say: explaining.say,
  });
  const comparing = createComparing(bar, (act, lr) => send("submit", { act, moment: place, lr }));
  const transport = createTransport(findPart(plane, ".gb-transport"), onMove, { invites: true, tell: training.tell });
  page.transport = transport;

  /** @type {(event: string, message: object) => void} */
  function send(event, message) {
    props.value = channel.withMoved({ ...message, beside: page.beside ?? "" });
    if (event === "submit") trigger("submit");
    else trigger("release");
  }

  // ---- The cursor

  /** @type {(steps: number) => void} */
  function onMove(steps) {
    place = Math.max(0, Math.min(steps, training.count() - 1));
    if (training.count()) {
      training.at(place).forEach((moment, index) => slots[index].show(moment));
      lossChart.setCursor(training.epoch(place));
    }
    tellPage();
    restSoon();
  }

  function tellPage() {
    const isOld = plane.classList.contains("is-old");
    tellShown(page, { ...training.describe(place), isOld, isPlaying: transport.isPlaying() });
  }

  function restSoon() {
    clearTimeout(rest);
    plane.removeAttribute("data-resting");
    rest = setTimeout(onRest, REST_MS);
  }

  function onRest() {
    if (!plane.isConnected || transport.isPlaying() || !training.count() || !training.answer().is_done) return;
    const told = slots.map((slot, index) => (slots.length > 1 ? `${"AB"[index]}, ` : "") + slot.tell());
    setText(spoken, [`${training.tell(place)}.`, ...told].join(" "));
    explaining.again();
    const settings = JSON.stringify([page.values, page.beside, page.moved]);
    if (settings !== said) send("release", {});
    said = settings;
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

  /** @type {(afterMs?: number) => void} */
  function askAnew(afterMs = 0) {
    asked += 1;
    sayTraining();
    clearTimeout(pause);
    if (afterMs) pause = setTimeout(askFrom, afterMs, 0);
    else askFrom(0);
  }

  page.ask = (values, field) => {
    if (field) {
      hasAsked = true;
      delete page.moved[field];
    }
    if (field === "rule" || field === "own") {
      delete page.moved.rule;
      delete page.moved.own;
      editor.forget();
    }
    page.values = values;
    askAnew();
  };

  function sayTraining() {
    const isUnderWay = !training.answer().is_done && training.count() > 0;
    setText(waiting, isUnderWay ? `Training \u2026 ${training.tell(training.count() - 1)}` : "Training \u2026");
    plane.setAttribute("aria-busy", "true");
  }

  /** @type {(answer: PlaneAnswer) => void} */
  function takeAnswer(answer) {
    if (answer.asked !== undefined && answer.asked !== asked) return; // something newer was asked
    const isWrong = Boolean(answer.error) || Object.keys(answer.errors ?? {}).length > 0;
    if (answer.networks || isWrong) markOld(plane, isWrong && training.count() > 0); // what is there stays
    if (isWrong && training.count()) tellPage();
    if (answer.beside !== undefined) page.beside = answer.beside;
    channel.broadcast(tellErrors(answer, FIELDS));
    if (answer.networks) takeNetworks(/** @type {Required<PlaneAnswer>} */ (answer));
    if (answer.moments) training.takeMoments(answer.moments, answer.first ?? 0);
    if (answer.moments) goOn(Boolean(answer.is_done));
    else if (isWrong) stopWaiting();
  }

  /** @type {(answer: Required<PlaneAnswer>) => void} */
  function takeNetworks(answer) {
    const isFirst = !training.count();
    training.takeNetworks(answer);
    keptProps.kept = training;
    showNetworks();
    explaining.forget();
    transport.setLength(answer.epochs.length - 1, !isFirst, hasAsked);
  }

  function showNetworks() {
    const { networks, points, kind } = training.answer();
    const host = findPart(plane, ".gb-plane-networks");
    while (slots.length > networks.length) slots.pop()?.root.remove();
    while (slots.length < networks.length) slots.push(buildSlot(host, slots.length));
    plane.classList.toggle("has-two", slots.length > 1);
    comparing.showSecond(slots[1]?.root);
    networks.forEach((network, index) => slots[index].setNetwork(network, points, kind, slots.length > 1));
  }

  /** @type {(isDone: boolean) => void} */
  function goOn(isDone) {
    training.finish(isDone);
    lossChart.setValue(chartLosses(training.all(), training.lastEpoch(), isDone), "Loss");
    transport.refresh();
    if (isDone) return stopWaiting();
    sayTraining();
    if (page.values) askFrom(training.count());
  }

  function stopWaiting() {
    setText(waiting, "");
    plane.removeAttribute("aria-busy");
    plane.dataset.answers = `${Number(plane.dataset.answers || 0) + 1}`; // how many trainings are there to their end
    restSoon();
  }

  // ---- What is pointed at

  /** @type {(host: HTMLElement, index: number) => Slot} */
  function buildSlot(host, index) {
    const slot = createSlot(host, index ? "b" : "a", {
      onAsk: (unit, at) => {
        showPlace(at ?? lastAt);
        explaining.want({ slot: index, unit, at: at ?? lastAt });
      },
      onLeave: () => showPlace(null),
    });
    watchHand(slot.surface, editor, {
      onPlace: (at) => {
        showPlace(at);
        if (!at) return;
        lastAt = at;
        if (editor.isLooking()) explaining.want({ slot: index, unit: slot.shownUnit(at), at });
      },
      leave: () => {
        editor.look();
        slot.release();
      },
    });
    return slot;
  }

  /** @type {(at: number[] | null) => void} */
  function showPlace(at) {
    for (const slot of slots) slot.setAt(at);
    if (!at) explaining.forget();
  }

  // ---- Points set by hand

  /** @type {(own: number[][] | null) => void} */
  function onEdit(own) {
    hasAsked = true;
    if (own) Object.assign(page.moved, { rule: "own", own });
    else {
      delete page.moved.rule;
      delete page.moved.own;
    }
    const { points } = training.answer();
    const kind = own?.some(([, , label]) => label > 1) ? "classes" : "two";
    if (own) for (const slot of slots) slot.setPoints(showOwn(own, points), kind);
    askAnew(PAUSE_MS);
  }

  watchPaste(plane, lifetime, keptProps.maxPoints, {
    onPoints: editor.replace,
    onMistake: (text) => explaining.say(text, true),
  });

  plane.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (!isUndo) return transport.onKey(event);
    event.preventDefault();
    if (event.shiftKey) editor.redo();
    else editor.undo();
  });

  // ---- Answers that Python sends by itself; our own messages, which stand there in between, are objects

  function takeValue() {
    if (typeof props.value !== "string" || !props.value) return;
    const answer = /** @type {PlaneAnswer} */ (JSON.parse(props.value));
    if (answer.networks) asked += 1; // what is under way is about others
    takeAnswer({ ...answer, asked });
  }

  watch("value", takeValue);
  if (training.count()) {
    showNetworks();
    transport.setLength(training.answer().epochs.length - 1, false, true);
    goOn(Boolean(training.answer().is_done));
  } else takeValue();
  askAwaited(channel.page);
}
