// A visitor's own digits: kept from the pad, looked at, changed, taken away and brought back, and read by every network.
/** @import { Change, KeptDigit, Server, Stroke } from "./types.js" */
/** @import { Mounted } from "../../ui/components/types.js" */

import { prefersReducedMotion } from "../../ui/components/canvas.js";
import { watchLifetime } from "../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { WHOLE } from "../../ui/components/numbers.js";
import { createDigitCards } from "./digit_cards.js";
import { createDigitScores } from "./digit_scores.js";
import { createDigitStore } from "./digit_store.js";
import { createDigitTuning } from "./digit_tuning.js";
import { checkDigit, countWords, isSameDrawing, nameDigit, newId, readExport, writeExport } from "./digits.js";
import { PAD_PX } from "./strokes.js";

const MAX_FILE_BYTES = 2 ** 21;
const MAX_SHOWN_ERRORS = 20;

/** @param {Mounted} given */
export function mount({ element, trigger, props, server, keptProps }) {
  const host = findPart(element, ".gb-mine");
  /** @type {(selector: string) => HTMLElement} */
  const find = (selector) => findPart(host, selector);
  const labels = find(".gb-mine-labels");
  const now = find(".gb-mine-now");
  const message = find(".gb-mine-message");
  const problem = find(".gb-mine-problem");
  const wrongEntries = find(".gb-mine-wrong");
  const clearsPad = /** @type {HTMLInputElement} */ (find(".gb-mine-clears"));
  const file = /** @type {HTMLInputElement} */ (find("input[type=file]"));
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = host.querySelectorAll("[data-do]");
  const tools = Object.fromEntries([...buttons].map((button) => [button.dataset.do, button]));

  const labelButtons = Array.from({ length: 10 }, (_, digit) => {
    const button = /** @type {HTMLButtonElement} */ (addNode(labels, "button"));
    button.type = "button";
    addNode(button, "b", "", String(digit));
    addNode(button, "span");
    button.addEventListener("click", () => keep(digit));
    return button;
  });

  /** @type {Change | null} */
  let takeBack = null; // makes of the list what it was before the last change

  const { listen } = watchLifetime(host);
  const python = /** @type {Server} */ (server);
  const store = createDigitStore(show);
  const showCards = createDigitCards(find(".gb-mine-grid"), { onPress: putOnPad, onLabel, onDelete });
  const scores = createDigitScores(find(".gb-mine-scores"), python, store.list, putOnPad);
  const tuning = createDigitTuning(find(".gb-mine-tune"), python, {
    minDigits: keptProps.least,
    readDigits: store.list,
    onStart: (id) => {
      props.value = id;
      trigger("submit"); // the page lists it among this visitor's runs
    },
    onDone: () => trigger("select"), // the list above the pad is filled anew
  });

  // ---- The drawing on the pad

  const onPad = () => window.glassboxDrawing || {};

  function showDrawing() {
    const { drawing, answer } = onPad();
    const hasStrokes = Boolean(drawing?.strokes?.some((stroke) => stroke.length));
    const isImage = Boolean(drawing?.picture);
    const canKeep = hasStrokes && !isImage && answer?.status !== "refused";
    const read = canKeep ? (answer?.digit ?? null) : null;
    labelButtons.forEach((button, digit) => {
      button.disabled = !canKeep;
      button.classList.toggle("is-read", digit === read);
    });
    if (isImage) setText(now, "An image cannot be kept, only a drawing.");
    else if (!hasStrokes) setText(now, "Draw a digit on the pad, then say here which one it is.");
    else if (!canKeep) setText(now, "What is on the pad cannot be read, so it cannot be kept.");
    else
      setText(now, read === null ? "Which digit is on the pad?" : `The network reads ${nameDigit(read)}. Is it one?`);
  }

  /** @param {{ strokes: Stroke[], size: number }} drawing */
  function putOnPad({ strokes, size }) {
    document.dispatchEvent(new CustomEvent("glassbox-show-drawing", { detail: { strokes, size } }));
    if (!strokes.length) return;
    document
      .querySelector("#pad")
      ?.scrollIntoView({ block: "nearest", behavior: prefersReducedMotion() ? "auto" : "smooth" });
  }

  /** @param {number} label */
  function keep(label) {
    const { drawing } = onPad();
    const { digit, error } = checkDigit({
      label,
      size: drawing?.size,
      strokes: drawing?.strokes?.filter((stroke) => stroke.length),
    });
    if (!digit) return showProblem(`This drawing cannot be kept: ${error}`);
    if (store.list().some((each) => isSameDrawing(each, digit)))
      return announce(`This drawing is kept as ${nameDigit(label)} already.`);
    const kept = { id: newId(), ...digit };
    change(
      (digits) => [...digits, kept],
      `Kept as ${nameDigit(label)}.`,
      (digits) => digits.filter((each) => each.id !== kept.id),
    );
    if (!problem.textContent && clearsPad.checked) putOnPad({ strokes: [], size: PAD_PX });
  }

  // ---- The list

  /** @param {KeptDigit[]} digits */
  function show(digits) {
    const counts = new Array(10).fill(0);
    for (const digit of digits) counts[digit.label] += 1;
    labelButtons.forEach((button, digit) => {
      setText(findPart(button, "span"), WHOLE.format(counts[digit]));
      button.setAttribute(
        "aria-label",
        `Keep this drawing as ${nameDigit(digit)}; ${countWords(counts[digit], "drawing")} kept so far`,
      );
    });
    setText(find(".gb-mine-kept h3"), digits.length ? countWords(digits.length, "drawing") : "No drawings yet");
    tools.export.disabled = tools.clear.disabled = !digits.length;
    find(".gb-mine-grid").hidden = !digits.length;
    host.dataset.count = String(digits.length);
    showCards(digits);
    scores.follow(digits);
    tuning.follow(digits);
  }

  // Change the list, say so, and offer to take it back.
  /** @type {(makeNext: Change, words: string, makeEarlier?: Change | null) => void} */
  function change(makeNext, words, makeEarlier = null) {
    const error = store.change(makeNext);
    if (error) return showProblem(error);
    announce(words, makeEarlier);
  }

  /** @type {(words: string, makeEarlier?: Change | null) => void} */
  function announce(words, makeEarlier = null) {
    takeBack = makeEarlier;
    setText(findPart(message, "span"), words);
    findPart(message, "button").hidden = !makeEarlier;
    showProblem("");
  }

  /** @type {(words: string, entries?: string[]) => void} */
  function showProblem(words, entries = []) {
    setText(problem, words || store.describe());
    wrongEntries.replaceChildren();
    for (const entry of entries.slice(0, MAX_SHOWN_ERRORS)) addNode(wrongEntries, "li", "", entry);
    const more = entries.length - MAX_SHOWN_ERRORS;
    if (more > 0) addNode(wrongEntries, "li", "", `${WHOLE.format(more)} more entries are wrong.`);
  }

  /** @param {string} id */
  function onDelete(id) {
    const place = store.list().findIndex((each) => each.id === id);
    if (place < 0) return;
    const digit = store.list()[place];
    change(
      (digits) => digits.filter((each) => each.id !== id),
      `The drawing of ${nameDigit(digit.label)} is deleted.`,
      (digits) => [...digits.slice(0, place), digit, ...digits.slice(place)],
    );
  }

  /** @type {(id: string, label: number) => void} */
  function onLabel(id, label) {
    const before = store.list().find((each) => each.id === id);
    if (!before) return;
    /** @type {(to: number) => Change} */
    const relabel = (to) => (digits) => digits.map((each) => (each.id === id ? { ...each, label: to } : each));
    change(relabel(label), `The ${before.label} is ${nameDigit(label)} now.`, relabel(before.label));
  }

  function clear() {
    const all = store.list();
    const ids = new Set(all.map((each) => each.id));
    change(
      (digits) => digits.filter((each) => !ids.has(each.id)),
      `${countWords(all.length, "drawing")} deleted.`,
      (digits) => [...all, ...digits.filter((each) => !ids.has(each.id))],
    );
  }

  // ---- Files

  function exportFile() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([writeExport(store.list())], { type: "application/json" }));
    link.download = "my-digits.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function importFile() {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const name = `\u201c${chosen.name}\u201d`;
    file.value = ""; // so that the same file can be chosen again
    if (chosen.size > MAX_FILE_BYTES)
      return showProblem(`${name} is larger than ${MAX_FILE_BYTES / 2 ** 20} MB, which no export is.`);
    const read = readExport(await chosen.text(), store.list());
    if (!read.digits) return showProblem(`${name} was not imported: ${read.error}`);
    const { digits, known, errors } = read;
    const ids = new Set(digits.map((each) => each.id));
    const parts = [`${countWords(digits.length, "drawing")} imported.`];
    if (known) parts.push(`${countWords(known, "drawing")} ${known === 1 ? "was" : "were"} here already.`);
    if (digits.length) {
      const problemNow = store.change((before) => [...before, ...digits]);
      if (problemNow) return showProblem(problemNow);
    }
    announce(parts.join(" "), digits.length ? (before) => before.filter((each) => !ids.has(each.id)) : null);
    if (errors.length) showProblem("What was not imported:", errors);
  }

  // ---- What is pressed

  findPart(message, "button").addEventListener("click", () => {
    const earlier = takeBack;
    if (earlier) change(earlier, "Taken back.");
  });
  tools.export.addEventListener("click", exportFile);
  tools.import.addEventListener("click", () => file.click());
  tools.clear.addEventListener("click", clear);
  file.addEventListener("change", importFile);

  listen(document, "glassbox-drawing", showDrawing);
  listen(window, "storage", ({ key }) => store.takeNews(key));

  show(store.list());
  showProblem("");
  showDrawing();
}
