// What a run answered to one image after each of its epochs.

/** @import { EpochAnswers } from "../payloads.js" */
/**
 * @typedef {object} Shown
 * @property {() => void} askAgain
 * @property {(text: string) => void} tellError
 * @property {(answer: EpochAnswers, classes: string[]) => void} setAnswers
 * @property {(epoch: number) => void} showEpoch
 * @property {(ink: Uint32Array) => void} drawImage
 * @property {(sent: object | null) => void} takeDrawing
 * @property {() => void} forget
 * @property {(last: number) => void} setLast
 * @property {(node: unknown) => boolean} isField
 */

import { fitCanvas, readColors } from "../../ui/components/canvas.js";
import { addNode, findCanvas, findPart, setText } from "../../ui/components/nodes.js";
import { paintInk } from "../../ui/components/sheets.js";
import { findNextIndex, readIndex } from "./image_index.js";

const SPARK = { height: 26, margin: 4 };

// `host` is a .gb-learning. ask({ index, drawing }) asks Python for the answers to a test image, or to a drawing; it returns
// false where there is no run to ask.
/** @type {(host: HTMLElement, ask: (image: { index: number | string | null, drawing: object | null }) => boolean) => Shown} */
export function createEpochAnswers(host, ask) {
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const figure = find("figure");
  const list = find("ol");
  const field = /** @type {HTMLInputElement} */ (find(".gb-learning-index input"));
  const drawingButton = find("[data-choose=drawing]");

  /** @type {EpochAnswers | null} */
  let answers = null; // to the image, epoch by epoch
  /** @type {object | null} */
  let drawing = null; // the visitor's own
  let isDrawn = false; // whether it is the chosen image

  function askAgain() {
    const isAsked = ask({ index: isDrawn ? 0 : readIndex(field.value), drawing: isDrawn ? drawing || {} : null });
    if (isAsked) list.setAttribute("aria-busy", "true");
  }

  /** @type {(text: string) => void} */
  function tellError(text) {
    list.removeAttribute("aria-busy");
    setText(find(".gb-learning-error"), text);
  }

  /** @type {(answer: EpochAnswers, classes: string[]) => void} */
  function setAnswers(answer, classes) {
    answers = answer;
    setText(findPart(figure, "b"), answer.caption);
    findCanvas(figure).setAttribute("aria-label", answer.caption);
    while (list.children.length > classes.length) list.lastChild?.remove();
    while (list.children.length < classes.length) addRow();
    for (const [index, name] of classes.entries()) setText(list.children[index].children[0], name);
    list.classList.toggle(
      "has-words",
      classes.some((name) => name.length > 1),
    );
  }

  function addRow() {
    const row = addNode(list, "li");
    for (const tag of ["b", "i", "span", "canvas"]) addNode(row, tag);
    row.lastElementChild?.setAttribute("aria-hidden", "true");
  }

  /** @type {(epoch: number) => void} */
  function showEpoch(epoch) {
    const frame = answers?.frames[epoch];
    if (!frame) return;
    setText(findPart(figure, "span"), frame.verdict);
    const highest = Math.max(...frame.shares);
    /** @type {HTMLElement[]} */ ([...list.children]).forEach((row, index) => {
      const bar = /** @type {HTMLElement} */ (row.children[1]);
      row.title = frame.titles[index];
      row.classList.toggle("is-answer", frame.shares[index] === highest);
      bar.style.setProperty("--share", `${frame.shares[index]}`);
      setText(row.children[2], frame.texts[index]);
    });
    drawSparks(answers?.frames ?? [], epoch);
  }

  // One answer's probability over all epochs; the dot is the epoch that is shown.
  /** @type {(frames: EpochAnswers["frames"], epoch: number) => void} */
  function drawSparks(frames, epoch) {
    const colors = readColors(host, {
      line: "--gb-text-soft",
      ground: "--gb-line",
      dot: "--gb-accent",
      halo: "--gb-surface",
    });
    const { height, margin } = SPARK;
    const width = list.lastElementChild?.lastElementChild?.clientWidth ?? 0;
    if (width < 40) return; // in a closed tab; the size observer calls again
    const last = Math.max(1, frames.length - 1);
    const x = (/** @type {number} */ index) => margin + (index / last) * (width - 2 * margin);
    const y = (/** @type {number} */ share) => height - margin - share * (height - 2 * margin);
    [...list.children].forEach((row, answer) => {
      const context = fitCanvas(findCanvas(row), width, height);
      context.clearRect(0, 0, width, height);
      context.fillStyle = colors.ground;
      context.fillRect(0, Math.round(y(0)), width, 1);
      context.strokeStyle = colors.line;
      context.lineWidth = 1.5;
      context.lineJoin = "round";
      context.beginPath();
      for (const [index, frame] of frames.entries()) context.lineTo(x(index), y(frame.shares[answer]));
      context.stroke();
      context.beginPath();
      context.arc(x(epoch), y(frames[epoch].shares[answer]), 3.5, 0, 2 * Math.PI);
      context.lineWidth = 3;
      context.strokeStyle = colors.halo;
      context.stroke();
      context.fillStyle = colors.dot;
      context.fill();
    });
  }

  /** @type {(ink: Uint32Array) => void} */
  function drawImage(ink) {
    if (answers) paintInk(findCanvas(figure), answers.image, ink);
  }

  /** @type {(isOwn: boolean) => void} */
  function choose(isOwn) {
    isDrawn = isOwn;
    drawingButton.setAttribute("aria-pressed", String(isDrawn));
    askAgain();
  }

  /** @type {(sent: object | null) => void} */
  function takeDrawing(sent) {
    drawing = sent;
    if (isDrawn) askAgain();
  }

  field.addEventListener("input", () => choose(false));
  find("[data-choose=next]").addEventListener("click", () => {
    field.value = `${findNextIndex(field.value, Number(field.max))}`;
    choose(false);
  });
  drawingButton.addEventListener("click", () => choose(!isDrawn));
  return {
    askAgain,
    tellError,
    setAnswers,
    showEpoch,
    drawImage,
    takeDrawing,
    forget: () => {
      answers = null;
    },
    setLast: (last) => {
      field.max = `${last}`;
    },
    isField: (node) => node === field,
  };
}
