// The reading on the page: the verdict, ten bars for one network or a column each for several, the network's input.
/** @import { DigitAnswer, Reading, Verdict } from "./types.js" */
/** @import { NetworkAnswer } from "../payloads.js" */
/** @import { Context } from "../../ui/components/types.js" */

import { contextOf } from "../../ui/components/canvas.js";
import { addNode, findCanvas, findPart, setText } from "../../ui/components/nodes.js";
import { formatPercent, isNumber } from "../../ui/components/numbers.js";
import { isDigit, NO_ANSWER, nameClass } from "./reading.js";

// Returns what shows a reading of describeReading, and of which version of the drawing it is.
/** @type {(pad: HTMLElement) => (reading: Reading, version: number) => void} */
export function createReadingView(pad) {
  const verdict = findPart(pad, ".gb-pad-verdict");
  const doubt = findPart(pad, ".gb-pad-doubt");
  const input = contextOf(findCanvas(findPart(pad, ".gb-pad-seen")));
  const time = findPart(pad, ".gb-pad-time");
  const showBars = createBars(findPart(pad, ".gb-pad-bars"));
  const showColumns = createColumns(findPart(pad, ".gb-pad-columns"));

  return (reading, version) => {
    pad.dataset.digit = reading.digit;
    pad.classList.toggle("is-blank", !reading.first);
    pad.classList.toggle("has-columns", reading.hasColumns);
    showVerdict(verdict, reading.verdict);
    if (reading.hasColumns) showColumns(reading.columns);
    else showBars(reading.first);
    doubt.hidden = !reading.doubt;
    setText(doubt, reading.doubt);
    showInput(input, reading.image);
    setText(time, reading.time);
    pad.dataset.shown = String(version);
  };
}

// Text is replaced only where it differs, so that a screen reader does not repeat itself ten times a second.
/** @type {(node: HTMLElement, verdict: Verdict) => void} */
function showVerdict(node, { name, text, isError }) {
  node.classList.toggle("is-error", isError);
  const wanted = `${name ?? ""}|${text}`;
  if (node.dataset.wanted === wanted) return;
  node.dataset.wanted = wanted;
  node.classList.toggle("has-words", name !== null && name.length > 1);
  node.replaceChildren();
  if (name !== null) addNode(node, "b", "", name);
  addNode(node, "span", "", text);
}

// Ten bars in a list; returns what shows an answer in them, or none.
/** @type {(list: HTMLElement) => (answer: DigitAnswer | null) => void} */
function createBars(list) {
  const rows = Array.from({ length: 10 }, () => {
    const row = addNode(list, "li");
    const [name, track, percent] = ["digit", "track", "percent"].map((part) => addNode(row, "span", `gb-pad-${part}`));
    return { row, name, fill: addNode(track, "div", "gb-pad-fill"), percent };
  });
  /** @type {(answer: DigitAnswer | null) => void} */
  const show = (answer) => {
    list.classList.toggle("has-words", Boolean(answer?.classes));
    rows.forEach(({ row, name, fill, percent }, digit) => {
      const probability = answer && isNumber(answer.probabilities[digit]) ? answer.probabilities[digit] : 0;
      setText(name, nameClass(answer, digit));
      row.classList.toggle("is-winner", digit === answer?.digit);
      row.title = answer ? `${name.textContent}: ${probability}` : "";
      fill.style.transform = `translateX(${probability > 0 ? (probability - 1) * 100 : -101}%)`;
      setText(percent, answer ? formatPercent(probability) : "\u2013");
    });
  };
  show(null);
  return show;
}

// A column for each of several networks: name, digit, confidence, ten bars. Returns what shows their answers, or blanks the
// columns that stand there.
/** @type {(host: HTMLElement) => (answers: NetworkAnswer[] | null) => void} */
function createColumns(host) {
  /** @type {ReturnType<typeof build>[]} */
  let columns = [];

  /** @param {NetworkAnswer} answer */
  function build({ key }) {
    const section = document.createElement("section");
    const name = addNode(section, "h3", "gb-pad-name");
    const read = addNode(section, "p", "gb-pad-read");
    const message = addNode(section, "p", "gb-pad-message");
    const [digit, confidence] = ["b", "span"].map((tag) => addNode(read, tag));
    confidence.title = "confidence";
    return {
      key,
      section,
      name,
      digit,
      confidence,
      message,
      showBars: createBars(addNode(section, "ol", "gb-pad-bars")),
    };
  }

  /** @type {(column: ReturnType<typeof build>, answer: NetworkAnswer | null) => void} */
  function fill({ section, name, digit, confidence, message, showBars }, answer) {
    const read = isDigit(answer) ? answer : null;
    if (answer) {
      setText(name, answer.name);
      section.setAttribute("aria-label", answer.name);
    }
    setText(digit, read ? nameClass(read, read.digit) : "\u2013");
    setText(confidence, read ? formatPercent(read.probabilities[read.digit]) : "");
    section.classList.toggle("is-silent", Boolean(answer) && !read);
    setText(message, answer && !read ? String(answer.message || NO_ANSWER) : "");
    showBars(read);
  }

  return (answers) => {
    if (answers && answers.map(({ key }) => key).join() !== columns.map(({ key }) => key).join()) {
      columns = answers.map(build);
      host.replaceChildren(...columns.map(({ section }) => section));
    }
    columns.forEach((column, index) => {
      fill(column, answers?.[index] ?? null);
    });
  };
}

/** @type {(context: Context, image: number[] | null) => void} */
function showInput(context, image) {
  const pixels = context.createImageData(28, 28);
  for (let i = 0; i < 784; i += 1) {
    const level = image ? image[i] : 0;
    pixels.data.set([level, level, level, 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}
