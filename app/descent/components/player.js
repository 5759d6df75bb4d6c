// The descent player. Python sends whole races; this script plays them back, and asks for another where someone moves
// the start or a data point. What it shows comes from its parts: transport, landscape, chart, data, readout.

/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { RacePayload } from "../payloads.js" */
/** @import { DescentPage } from "./types.js" */

import { createChannel, tellErrors } from "../../ui/components/answers.js";
import { createAsker } from "../../ui/components/asking.js";
import { createChart } from "../../ui/components/chart.js";
import { findPart } from "../../ui/components/nodes.js";
import { markOld } from "../../ui/components/old_result.js";
import { readNumber } from "../../ui/components/read_number.js";
import { createTransport } from "../../ui/components/transport.js";
import { createLandscape } from "./landscape.js";
import { createLineFit } from "./line_fit.js";
import { readPastedPoints } from "./paste_points.js";
import { createReadout } from "./readout.js";

const REST_MS = 250; // the cursor stands still this long before Python hears where
const PATIENCE_MS = 3000; // an answer that has not come by then does not come

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const channel = createChannel();
  const page = /** @type {DescentPage} */ (/** @type {object} */ (channel.page));
  const player = findPart(element, ".gb-player");
  const spoken = findPart(player, ".gb-player-spoken");
  const transport = createTransport(findPart(player, ".gb-transport"), onMove, { invites: true });
  const landscape = createLandscape(findPart(player, ".gb-player-landscape"), {
    onStart: (start) => ask({ start }),
  });
  const lineFit = createLineFit(findPart(player, ".gb-player-data"), { onPoints: (points) => ask({ points }) });
  const readout = createReadout(findPart(player, ".gb-player-readout"));
  const lossChart = createChart(findPart(player, ".gb-chart"), { onCursor: (x) => transport.moveTo(x) });

  /** @type {RacePayload} */
  let race; // none at first
  let shown = { steps: 0, position: 0 };
  /** @type {number | null} */
  let shownSteps = null; // what chart and readout show
  /** @type {{ start: number[] } | { points: number[][] } | null} */
  let question = null; // the latest that Python has not been asked
  /** @type {number | null} */
  let patience = null; // timer while an answer is awaited
  let rest = 0; // timer until the cursor counts as resting
  let hasAsked = false; // whether the visitor has set or moved anything

  // ---- The cursor

  /** @type {(steps: number, position: number) => void} */
  function onMove(steps, position) {
    shown = { steps, position };
    landscape.draw(position);
    lineFit.draw(position);
    if (steps !== shownSteps) {
      shownSteps = steps;
      lossChart.setCursor(steps);
      readout.show(steps);
    }
    restSoon();
  }

  function restSoon() {
    clearTimeout(rest);
    player.removeAttribute("data-resting");
    rest = setTimeout(onRest, REST_MS);
  }

  function onRest() {
    if (!player.isConnected || transport.isPlaying() || patience !== null || question) return;
    spoken.textContent = `Step ${shown.steps} of ${race.num_steps}. ${readout.tell()}`;
    props.value = channel.withMoved({ iteration: shown.steps });
    trigger("release");
    player.setAttribute("data-resting", ""); // whoever looks at the page from outside can wait for it
  }

  // ---- Questions to Python: one under way at most, the latest next

  /** @type {(message: { start: number[] } | { points: number[][] }) => void} */
  function ask(message) {
    hasAsked = true;
    if (!question) requestAnimationFrame(sendQuestion);
    question = message;
  }

  function sendQuestion() {
    if (!question || patience !== null) return;
    const message = question;
    question = null;
    patience = setTimeout(onAnswer, PATIENCE_MS);
    // Gradio's dispatch costs page time, so what someone has just moved is on the screen before.
    setTimeout(() => {
      props.value = channel.withMoved(message);
      trigger("input");
    });
  }

  function onAnswer() {
    clearTimeout(patience ?? undefined);
    patience = null;
    if (question) {
      requestAnimationFrame(sendQuestion);
      return;
    }
    landscape.release();
    lineFit.release();
    restSoon();
  }

  // ---- Controls: the page hands their values over, and Python is asked past Gradio's events, which take twice as long

  const askInTurn = createAsker(
    (values) => server.answer(channel.withMoved({ values })),
    (text) => {
      if (typeof text === "string") takeAnswer(text);
    },
  );

  // What someone writes is counted, so that an answer to an earlier question does not overwrite it (see fill_fields.js).
  Object.assign(page, { edits: page.edits || 0, typedAt: page.typedAt || {}, filled: page.filled || {} });

  /** @type {(field: string) => void} */
  function noteEdit(field) {
    hasAsked = true;
    page.edits += 1;
    page.typedAt[field] = page.edits;
  }

  page.askForRace = (values, field, value) => {
    // From here on the control counts, unless it says only what has just been filled into it.
    if (field && (value === undefined || value !== page.filled[field])) {
      delete page.moved[field];
      delete page.filled[field];
      noteEdit(field);
    }
    askInTurn(values);
  };

  // Gradio's list says that it was used twice a click, and also when it is left as it was. Only another choice is one.
  page.openList = (field, value) => {
    page.opened = { ...page.opened, [field]: value };
  };

  page.choose = (field, value) => {
    if (page.opened?.[field] !== value) page.sendChoice(field);
    page.openList(field, value);
  };

  // One under way at most: of two answers that come together, the fields would get only the second's.
  /** @type {{ chosen: string, sent: number }[]} */
  const choices = [];
  /** @type {{ chosen: string, sent: number } | undefined} */
  let underWay; // the choice that is awaited
  let choicePatience = 0; // timer while it is

  page.sendChoice = (field) => {
    noteEdit(field);
    choices.push({ chosen: field, sent: page.edits });
    if (!underWay) sendNextChoice();
  };

  function sendNextChoice() {
    clearTimeout(choicePatience);
    underWay = choices.shift();
    if (!underWay) return;
    choicePatience = setTimeout(sendNextChoice, PATIENCE_MS);
    props.value = channel.withMoved(underWay);
    trigger("submit");
  }

  // The fields hold an answer: the one to what was sent as this edit.
  page.onFilled = (sent) => {
    if (underWay?.sent === sent) sendNextChoice();
  };

  // The fields' values once they hold what was moved by hand; one that holds it already, or whose control counts, is kept.
  page.fillMoved = (fields, values) => {
    const moved = { ...page.moved };
    Object.assign(page.filled, moved);
    return fields.map((field, place) => {
      const value = /** @type {any} */ (values[place]);
      const isTable = Array.isArray(value?.data);
      const held = isTable ? value.data.map((/** @type {unknown[]} */ row) => row.map(Number)) : value;
      if (!(field in moved) || JSON.stringify(moved[field]) === JSON.stringify(held)) return { __type__: "update" };
      return isTable ? { ...value, data: moved[field] } : moved[field];
    });
  };

  // ---- A table pasted from a spreadsheet: its points take the place of those in the fields, as if they had been dragged

  /** @type {(event: any) => void} */
  function onPaste(event) {
    if (!player.isConnected) return document.removeEventListener("paste", onPaste, { capture: true });
    const isTables = [event.target, document.activeElement].some((/** @type {any} */ node) =>
      node?.closest?.(".descent-field-points"),
    );
    if (!isTables) return;
    try {
      const points = readPastedPoints(event.clipboardData.getData("text"), readNumber, keptProps.maxPoints);
      if (!points) return;
      ask({ points });
    } catch (mistake) {
      window.glassboxFields?.tellErrors(
        { points: mistake instanceof Error ? mistake.message : `${mistake}` },
        "descent-field-",
      );
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  document.addEventListener("paste", onPaste, { capture: true });

  // ---- Answers from Python

  // The value is an answer as text; our own messages, which stand there in between, are objects.
  function takeValue() {
    if (typeof props.value === "string") takeAnswer(props.value);
  }

  /** @type {(text: string) => void} */
  function takeAnswer(text) {
    const answer = JSON.parse(text);
    const isOpening = !race;
    hasAsked ||= Object.keys(answer.moved ?? {}).length > 0; // on the ruler, say
    if (answer.race) showRace(answer.race);
    if (answer.race || answer.errors) markOld(player, !answer.race); // something was entered wrongly: the plots stay
    channel.broadcast(tellErrors(answer, "descent-field-"));
    if (!isOpening) onAnswer();
  }

  /** @type {(newRace: RacePayload) => void} */
  function showRace(newRace) {
    const before = race;
    race = keptProps.race = newRace;
    player.hidden = false;
    player.classList.toggle("has-data", Boolean(race.data));
    landscape.setRace(race);
    lineFit.setRace(race);
    readout.setRace(race);
    lossChart.setValue(race.chart, "Loss");
    fillKey();
    shownSteps = null;
    const isSameKind = Boolean(before) && before.landscape.kind === race.landscape.kind;
    transport.setLength(race.num_steps, isSameKind, hasAsked);
    if (!before) {
      // the page opens on what Python knows already
      clearTimeout(rest);
      player.setAttribute("data-resting", "");
    }
    player.dataset.races = `${Number(player.dataset.races || 0) + 1}`; // how many have been drawn
  }

  // What the marks on the landscape mean; a line stands only where there is such a mark.
  function fillKey() {
    const { landscape: shownLandscape } = race;
    const valley = shownLandscape.kind === "contours" && shownLandscape.valley;
    const entries = { minimum: (shownLandscape.minima || []).length > 0, valley };
    for (const [name, isThere] of Object.entries(entries)) {
      findPart(player, `.gb-player-key [data-mark="${name}"]`).hidden = !isThere;
    }
  }

  player.addEventListener("keydown", transport.onKey);
  watch("value", takeValue);
  // Gradio forgets a component's value while it is off the page: the page keeps the race.
  player.hidden = true;
  if (keptProps.race) showRace(keptProps.race);
  takeValue();
}
