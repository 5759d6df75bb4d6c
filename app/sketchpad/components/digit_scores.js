// How the networks read the kept digits: Python is asked network by network, and the best stand first.
/** @import { KeptDigit, Server } from "./types.js" */
/** @import { NetworkChoice, ScoreView } from "../payloads.js" */

import { readAnswer } from "../../ui/components/asking.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { buildThumbnailButton } from "./digit_cards.js";
import { countWords } from "./digits.js";
import { readOwnRuns } from "./own_runs.js";

/** @typedef {NetworkChoice & ScoreView} Score */

// `part` is the section; readDigits() returns the digits, onPress(digit) is called for a press on a misread one.
/** @type {(part: HTMLElement, server: Server, readDigits: () => KeptDigit[], onPress: (digit: KeptDigit) => void) => { follow(digits: KeptDigit[]): void }} */
export function createDigitScores(part, server, readDigits, onPress) {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const [askButton, stopButton] = part.querySelectorAll(".gb-mine-ask button");
  const progress = /** @type {HTMLProgressElement} */ (findPart(part, "progress"));
  const progressText = findPart(part, ".gb-mine-progress");
  const error = findPart(part, ".gb-mine-error");
  const results = findPart(part, ".gb-mine-results");
  const rows = findPart(part, "tbody");
  const meaning = findPart(part, ".gb-mine-meaning");
  const aside = findPart(part, ".gb-mine-aside");

  /** @type {KeptDigit[]} */
  let asked = []; // the digits that were asked about
  /** @type {Score[]} */
  let scores = []; // {label, ...what Python answered} of each network
  /** @type {string | null} */
  let opened = null; // key of the network whose misread digits are shown
  let isAsking = false;
  let isStopped = false;

  // ---- Questions

  async function ask() {
    asked = readDigits();
    [scores, opened, isStopped] = [[], null, false];
    setBusy(true);
    setText(error, "");
    const mistake = await askAll().catch(() => readAnswer(undefined).error);
    setBusy(false);
    setText(error, mistake || "");
    if (!mistake && isStopped) setText(progressText, `Stopped after ${countWords(scores.length, "network")}.`);
    else setText(progressText, "");
    show();
  }

  // Returns a mistake, or nothing.
  async function askAll() {
    const listed = readAnswer(await server.networks({ runs: readOwnRuns() }));
    if (listed.error) return listed.error;
    const digits = asked.map(({ label, size, strokes }) => ({ label, size, strokes }));
    progress.max = listed.networks.length;
    for (const [index, network] of listed.networks.entries()) {
      if (isStopped) return "";
      progress.value = index;
      setText(progressText, `Network ${index + 1} of ${listed.networks.length}: ${network.label}`);
      const score = readAnswer(await server.score({ key: network.key, digits }));
      if (score.error) return score.error;
      scores.push({ ...network, ...score });
      scores.sort((a, b) => b.right - a.right);
      show();
    }
    return "";
  }

  /** @param {boolean} isBusy */
  function setBusy(isBusy) {
    isAsking = isBusy;
    askButton.disabled = isBusy || !readDigits().length;
    stopButton.hidden = progress.hidden = !isBusy;
  }

  // ---- The table

  function show() {
    results.hidden = !scores.length;
    if (!scores.length) return;
    rows.replaceChildren(
      ...scores.flatMap((score) => [buildRow(score), ...(score.key === opened ? [buildMisread(score)] : [])]),
    );
    setText(meaning, scores[0].meaning);
    const left = scores[0].refused.length;
    setText(
      aside,
      left
        ? `${countWords(left, "drawing")} cannot be read and ${left > 1 ? "count" : "counts"} for no network. ${scores[0].refused[0].message}`
        : "",
    );
  }

  /** @param {Score} score */
  function buildRow(score) {
    const row = document.createElement("tr");
    row.dataset.key = score.key;
    const name = /** @type {HTMLTableCellElement} */ (addNode(row, "th", "", score.label));
    name.scope = "row";
    if (score.note) addNode(name, "small", "", score.note);
    addNode(row, "td", "is-score", score.score);
    const accuracy = addNode(addNode(row, "td", "is-accuracy"), "div");
    const bar = addNode(accuracy, "i");
    for (const [key, value] of [
      ["low", score.low],
      ["high", score.high],
      ["share", score.right / score.count],
    ]) {
      bar.style.setProperty(`--${key}`, String(value));
    }
    addNode(accuracy, "b", "", score.accuracy);
    addNode(accuracy, "span", "", score.interval);
    const wrong = score.count - score.right;
    const cell = addNode(row, "td", "is-misread");
    if (!wrong) {
      addNode(cell, "span", "", "none");
      return row;
    }
    const button = /** @type {HTMLButtonElement} */ (addNode(cell, "button", "", `${wrong} misread`));
    button.type = "button";
    button.setAttribute("aria-expanded", String(score.key === opened));
    button.addEventListener("click", () => {
      opened = opened === score.key ? null : score.key;
      show();
      findPart(rows, `[data-key="${CSS.escape(score.key)}"] button`).focus();
    });
    return row;
  }

  /** @param {Score} score */
  function buildMisread(score) {
    const row = document.createElement("tr");
    row.className = "is-open";
    const cell = /** @type {HTMLTableCellElement} */ (addNode(row, "td"));
    cell.colSpan = 4;
    const thumbnails = addNode(cell, "div", "gb-mine-pictures");
    asked.forEach((digit, place) => {
      const answer = score.answers[place];
      if (answer === null || answer === digit.label) return;
      const caption = `${digit.label} read as ${answer}`;
      thumbnails.append(buildThumbnailButton(digit, caption, caption, onPress));
    });
    return row;
  }

  // Called whenever the digits are others.
  /** @param {KeptDigit[]} digits */
  function follow(digits) {
    if (!isAsking) askButton.disabled = !digits.length;
    const isSame =
      digits.length === asked.length &&
      digits.every((digit, place) => digit.id === asked[place].id && digit.label === asked[place].label);
    results.classList.toggle("is-old", !isSame);
    findPart(part, ".gb-mine-old").hidden = isSame || !scores.length;
  }

  askButton.addEventListener("click", () => ask().then(() => follow(readDigits())));
  stopButton.addEventListener("click", () => {
    isStopped = true;
  });
  return { follow };
}
