// The preparation. Python sends every step's image, where the ink lies in it and what is read; this script moves from one to
// the next.
/** @import { PreparationStep, PreparationView } from "../payloads.js" */
/** @import { Answered, Bitmaps, Server } from "./types.js" */
/** @import { Colors, Context, Mounted } from "../../ui/components/types.js" */

import { fitCanvas, prefersReducedMotion, readColors, redrawOnChange } from "../../ui/components/canvas.js";
import { addNode, findCanvas, findPart, setText } from "../../ui/components/nodes.js";
import { decode, paint, readRamps } from "../../ui/components/sheets.js";
import { createTransport } from "../../ui/components/transport.js";
import { followDrawing } from "./followed_drawing.js";
import { createGauges } from "./preparation_gauges.js";

const FRAME_LIMIT_PX = 360;
const PIXELS = 28;
const EMPTY = "The pad is empty. Draw a digit from 0 to 9, and its way to the network is shown here.";

/** @type {(share: number) => number} */
const easeInOut = (share) => share * share * (3 - 2 * share);
/** @type {(at: PreparationStep) => string} */
const describe = (at) => (at.digit === null ? at.confidence : `read as ${at.digit}, with ${at.confidence}`);
// How broad a canvas may be.
/** @type {(canvas: HTMLCanvasElement) => number} */
const measurePlace = (canvas) => Math.min(FRAME_LIMIT_PX, canvas.parentElement?.clientWidth ?? 0);

/** @param {Mounted} given */
export function mount({ element, server }) {
  const python = /** @type {Server} */ (server);
  const host = findPart(element, ".gb-preparation");
  /** @type {(selector: string) => HTMLElement} */
  const find = (selector) => findPart(host, selector);
  const [wayCanvas, askedCanvas, plainCanvas] = ["way", "asked", "plain"].map(
    (name) => /** @type {HTMLCanvasElement} */ (find(`.gb-preparation-${name}`)),
  );
  const strip = find(".gb-preparation-strip");
  const gauges = createGauges(find(".gb-preparation-gauges"));

  /** @type {PreparationStep[]} */
  let allSteps = []; // as Python sent them
  /** @type {Bitmaps[]} */
  let bitmaps = []; // of each step its image and what is asked, in the theme's colours
  let step = 0; // the one that is shown, or the last one that was passed
  let position = 0; // between two steps while one becomes the other
  let hasPlayed = false; // it moves by itself once

  // ---- Questions

  const followed = followDrawing(host, ({ drawing, checkpoint }) => {
    const isEmpty = !checkpoint || !(drawing.picture || (drawing.strokes || []).some((stroke) => stroke.length));
    if (isEmpty) takeSteps(/** @type {Answered<PreparationView>} */ ({ absent: EMPTY }));
    else askForSteps();
  });
  const askForSteps = followed.createQuestion((request) => python.prepare(request), takeSteps);

  /** @param {Answered<PreparationView>} answer */
  function takeSteps(answer) {
    host.removeAttribute("aria-busy");
    const absent = answer.error || answer.absent || "";
    setText(find(".gb-preparation-absent"), absent);
    find(".gb-preparation-absent").classList.toggle("is-error", Boolean(answer.error));
    find(".gb-preparation-parts").hidden = Boolean(absent);
    host.dataset.shown = "";
    if (absent) {
      allSteps = [];
      return transport.pause();
    }
    allSteps = answer.steps;
    bitmaps = [];
    setText(find(".gb-preparation-doubt"), answer.doubt);
    setText(find(".gb-preparation-summary"), answer.summary);
    setText(
      find(".gb-preparation-how"),
      `At each step the image is plainly resized to 28\u00a0×\u00a028 pixels, as it stands, and ` +
        `${answer.network} ${answer.is_refused ? "would be" : "is"} asked about the result. Dashed: the ink\u2019s box; cross: ` +
        "the middle; ring: the centre of mass.",
    );
    setText(find(".gb-preparation-likeness"), answer.likeness);
    fillStrip();
    gauges.setGauges(answer.gauges);
    transport.setLength(answer.steps.length - 1, true);
    if (!hasPlayed && !prefersReducedMotion()) transport.play();
    hasPlayed = true;
    draw();
    host.dataset.shown = String(followed.serial());
  }

  // ---- One step

  const transport = createTransport(find(".gb-transport"), showPosition, {
    firstSpeed: 0.2,
    tell: (steps, numSteps) => (allSteps.length ? `step ${steps + 1} of ${numSteps + 1}` : ""),
  });

  /** @type {(steps: number, newPosition: number) => void} */
  function showPosition(steps, newPosition) {
    if (!allSteps.length) return;
    position = Math.min(newPosition, allSteps.length - 1);
    step = Math.min(steps, allSteps.length - 1); // as the transport counts them
    showStep();
    drawWay();
  }

  function showStep() {
    const at = allSteps[step];
    /** @type {NodeListOf<HTMLElement>} */
    const figures = host.querySelectorAll(".gb-preparation-frames figure");
    setText(findPart(figures[0], "figcaption"), `${step + 1}. ${at.title}`);
    setText(find(".gb-preparation-note"), at.note);
    showAnswer(figures[1], at);
    showAnswer(figures[2], allSteps[0]);
    wayCanvas.setAttribute("aria-label", `${at.title}. ${at.note}`);
    askedCanvas.setAttribute("aria-label", `28 × 28 pixels, ${describe(at)}`);
    plainCanvas.setAttribute("aria-label", `28 × 28 pixels, ${describe(allSteps[0])}`);
    [...strip.children].forEach((item, index) => {
      findPart(item, "button").setAttribute("aria-current", index === step ? "step" : "false");
      item.classList.toggle("is-ahead", index > step);
    });
    gauges.showStep(step);
    drawAsked(askedCanvas, step);
    if (host.dataset.step !== String(step) && !transport.isPlaying())
      setText(find(".gb-preparation-spoken"), `${at.title}: ${describe(at)}`);
    host.dataset.step = String(step);
  }

  function fillStrip() {
    while (strip.children.length > allSteps.length) strip.lastChild?.remove();
    while (strip.children.length < allSteps.length) {
      const index = strip.children.length;
      const button = /** @type {HTMLButtonElement} */ (addNode(addNode(strip, "li"), "button"));
      button.type = "button";
      addNode(button, "canvas").setAttribute("aria-hidden", "true");
      addNode(button, "b");
      addNode(button, "span");
      button.addEventListener("click", () => transport.moveTo(index, { glides: true }));
    }
    allSteps.forEach((at, index) => {
      setText(findPart(strip.children[index], "b"), at.title);
      setText(findPart(strip.children[index], "span"), describe(at));
    });
  }

  // ---- Drawing

  function readBitmaps() {
    const ink = readRamps(host).ink;
    bitmaps = allSteps.map((at) => ({
      image: paint(decode(at.image), at.side, ink),
      asked: paint(decode(at.asked), PIXELS, ink),
    }));
  }

  function draw() {
    if (!allSteps.length || host.clientWidth < 40) return;
    readBitmaps();
    showStep();
    drawWay();
    drawAsked(plainCanvas, 0);
    bitmaps.forEach(({ image }, index) => {
      const canvas = findCanvas(strip.children[index]);
      drawWhole(canvas, image, canvas.clientWidth);
    });
  }

  /** @type {(canvas: HTMLCanvasElement, index: number) => void} */
  function drawAsked(canvas, index) {
    if (!bitmaps.length) return;
    drawWhole(canvas, bitmaps[index].asked, measurePlace(canvas));
  }

  // Between two steps both images are drawn so that their ink lies in one place, the later one ever stronger.
  function drawWay() {
    const side = measurePlace(wayCanvas);
    if (!bitmaps.length || side < 20) return;
    const from = Math.floor(position);
    const to = Math.min(from + 1, allSteps.length - 1);
    const share = easeInOut(position - from);
    /** @type {(first: number[], second: number[]) => number[]} */
    const between = (first, second) => first.map((value, index) => value + (second[index] - value) * share);
    const place = between(allSteps[from].place, allSteps[to].place);
    const colors = readColors(host, { ground: "--gb-surface-sunk", accent: "--gb-accent" });
    const context = prepare(wayCanvas, side);
    context.fillStyle = colors.ground;
    context.fillRect(0, 0, side, side);
    drawPlaced(context, from, place, side, 1);
    if (share > 0) drawPlaced(context, to, place, side, share);
    drawMarks(context, place, between(allSteps[from].center, allSteps[to].center), side, colors);
  }

  /** @type {(context: Context, index: number, place: number[], side: number, strength: number) => void} */
  function drawPlaced(context, index, place, side, strength) {
    const [x, y, width, height] = allSteps[index].place;
    const zoom = [place[2] / width, place[3] / height];
    context.globalAlpha = strength;
    context.imageSmoothingEnabled = bitmaps[index].image.width > PIXELS;
    context.drawImage(
      bitmaps[index].image,
      (place[0] - x * zoom[0]) * side,
      (place[1] - y * zoom[1]) * side,
      zoom[0] * side,
      zoom[1] * side,
    );
    context.globalAlpha = 1;
  }

  // ---- Wires

  host.addEventListener("keydown", (event) => transport.onKey(event));
  redrawOnChange(host, () => {
    followed.askIfSeen();
    draw();
  });
  followed.take();
}

/** @type {(figure: HTMLElement, at: PreparationStep) => void} */
function showAnswer(figure, at) {
  setText(findPart(figure, "b"), at.digit === null ? "" : String(at.digit));
  setText(findPart(figure, "span"), at.confidence);
}

/** @type {(canvas: HTMLCanvasElement, bitmap: HTMLCanvasElement, side: number) => void} */
function drawWhole(canvas, bitmap, side) {
  if (side < 20) return; // in a closed tab
  const context = prepare(canvas, side);
  context.imageSmoothingEnabled = bitmap.width > PIXELS;
  context.drawImage(bitmap, 0, 0, side, side);
}

/** @type {(canvas: HTMLCanvasElement, side: number) => Context} */
function prepare(canvas, side) {
  canvas.style.width = canvas.style.height = `${side}px`;
  return fitCanvas(canvas, side, side);
}

// The ink's box, the middle of the frame as a cross, and the centre of mass as a ring, with a halo to be seen on ink.
/** @type {(context: Context, place: number[], center: number[], side: number, colors: Colors) => void} */
function drawMarks(context, place, center, side, colors) {
  /** @type {(width: number) => void} */
  const traceOver = (width) => {
    for (const [color, more] of /** @type {const} */ ([
      ["ground", 3],
      ["accent", 0],
    ])) {
      context.strokeStyle = colors[color];
      context.lineWidth = width + more;
      context.stroke();
    }
  };
  context.strokeStyle = colors.accent;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.strokeRect(place[0] * side + 1, place[1] * side + 1, place[2] * side - 2, place[3] * side - 2);
  context.setLineDash([]);
  context.beginPath();
  const middle = (14.5 / PIXELS) * side; // of the middle pixel, in which every centre of mass comes to lie
  for (const [x, y] of [
    [1, 0],
    [0, 1],
  ]) {
    context.moveTo(middle - 9 * x, middle - 9 * y);
    context.lineTo(middle + 9 * x, middle + 9 * y);
  }
  traceOver(1.5);
  context.beginPath();
  context.arc(center[0] * side, center[1] * side, 6, 0, 2 * Math.PI);
  traceOver(2);
}
