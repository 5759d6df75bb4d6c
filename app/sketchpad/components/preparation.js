// The preparation. Python sends every step's image, where the ink lies in it and what is read; this script moves from one to
// the next.

import { fitCanvas, prefersReducedMotion, readColors, redrawOnChange } from "../../ui/components/canvas.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { decode, paint, readRamps } from "../../ui/components/sheets.js";
import { createTransport } from "../../ui/components/transport.js";
import { followDrawing } from "./followed_drawing.js";
import { createGauges } from "./preparation_gauges.js";

const FRAME_LIMIT_PX = 360;
const PIXELS = 28;
const EMPTY = "The pad is empty. Draw a digit from 0 to 9, and its way to the network is shown here.";

const easeInOut = (share) => share * share * (3 - 2 * share);
const describe = (at) => (at.digit === null ? at.confidence : `read as ${at.digit}, with ${at.confidence}`);

export function mount({ element, server }) {
  const host = element.querySelector(".gb-preparation");
  const find = (selector) => host.querySelector(selector);
  const wayCanvas = find(".gb-preparation-way");
  const askedCanvas = find(".gb-preparation-asked");
  const plainCanvas = find(".gb-preparation-plain");
  const strip = find(".gb-preparation-strip");
  const gauges = createGauges(find(".gb-preparation-gauges"));

  let shown = null;                // the steps, as Python sent them
  let bitmaps = [];                // of each step its image and what is asked, in the theme's colours
  let step = 0;                    // the one that is shown, or the last one that was passed
  let position = 0;                // between two steps while one becomes the other
  let hasPlayed = false;           // it moves by itself once

  // ---- Questions

  const followed = followDrawing(host, ({ drawing, checkpoint }) => {
    const isEmpty = !checkpoint || !(drawing.picture || (drawing.strokes || []).some((stroke) => stroke.length));
    if (isEmpty) takeSteps({ absent: EMPTY });
    else askForSteps();
  });
  const askForSteps = followed.createQuestion((request) => server.prepare(request), takeSteps);

  function takeSteps(answer) {
    host.removeAttribute("aria-busy");
    const absent = answer.error || answer.absent || "";
    setText(find(".gb-preparation-absent"), absent);
    find(".gb-preparation-absent").classList.toggle("is-error", Boolean(answer.error));
    find(".gb-preparation-parts").hidden = Boolean(absent);
    host.dataset.shown = "";
    if (absent) {
      shown = null;
      return transport.pause();
    }
    shown = answer;
    bitmaps = [];
    setText(find(".gb-preparation-doubt"), answer.doubt);
    setText(find(".gb-preparation-summary"), answer.summary);
    setText(find(".gb-preparation-how"), `At each step the image is plainly resized to 28\u00a0×\u00a028 pixels, as it stands, and `
      + `${answer.network} ${answer.is_refused ? "would be" : "is"} asked about the result. Dashed: the ink\u2019s box; cross: `
      + "the middle; ring: the centre of mass.");
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

  const transport = createTransport(find(".gb-transport"), showPosition, { firstSpeed: 0.2,
    tell: (steps, numSteps) => (shown ? `step ${steps + 1} of ${numSteps + 1}` : "") });

  function showPosition(steps, newPosition) {
    if (!shown) return;
    position = Math.min(newPosition, shown.steps.length - 1);
    step = Math.min(steps, shown.steps.length - 1);  // as the transport counts them
    showStep();
    drawWay();
  }

  function showStep() {
    const at = shown.steps[step];
    const figures = host.querySelectorAll(".gb-preparation-frames figure");
    setText(figures[0].querySelector("figcaption"), `${step + 1}. ${at.title}`);
    setText(find(".gb-preparation-note"), at.note);
    showAnswer(figures[1], at);
    showAnswer(figures[2], shown.steps[0]);
    wayCanvas.setAttribute("aria-label", `${at.title}. ${at.note}`);
    askedCanvas.setAttribute("aria-label", `28 × 28 pixels, ${describe(at)}`);
    plainCanvas.setAttribute("aria-label", `28 × 28 pixels, ${describe(shown.steps[0])}`);
    [...strip.children].forEach((item, index) => {
      item.firstChild.setAttribute("aria-current", index === step ? "step" : "false");
      item.classList.toggle("is-ahead", index > step);
    });
    gauges.showStep(step);
    drawAsked(askedCanvas, step);
    if (host.dataset.step !== String(step) && !transport.isPlaying()) setText(find(".gb-preparation-spoken"), `${at.title}: ${describe(at)}`);
    host.dataset.step = String(step);
  }

  function fillStrip() {
    while (strip.children.length > shown.steps.length) strip.lastChild.remove();
    while (strip.children.length < shown.steps.length) {
      const index = strip.children.length;
      const button = addNode(addNode(strip, "li"), "button");
      button.type = "button";
      addNode(button, "canvas").setAttribute("aria-hidden", "true");
      addNode(button, "b");
      addNode(button, "span");
      button.addEventListener("click", () => transport.moveTo(index, { glides: true }));
    }
    shown.steps.forEach((at, index) => {
      setText(strip.children[index].querySelector("b"), at.title);
      setText(strip.children[index].querySelector("span"), describe(at));
    });
  }

  // ---- Drawing

  function readBitmaps() {
    const ink = readRamps(host).ink;
    bitmaps = shown.steps.map((at) => ({ image: paint(decode(at.image), at.side, ink), asked: paint(decode(at.asked), PIXELS, ink) }));
  }

  function draw() {
    if (!shown || host.clientWidth < 40) return;
    readBitmaps();
    showStep();
    drawWay();
    drawAsked(plainCanvas, 0);
    bitmaps.forEach(({ image }, index) => {
      const canvas = strip.children[index].querySelector("canvas");
      drawWhole(canvas, image, canvas.clientWidth);
    });
  }

  function drawAsked(canvas, index) {
    if (!bitmaps.length) return;
    drawWhole(canvas, bitmaps[index].asked, Math.min(FRAME_LIMIT_PX, canvas.parentNode.clientWidth));
  }

  // Between two steps both images are drawn so that their ink lies in one place, the later one ever stronger.
  function drawWay() {
    const side = Math.min(FRAME_LIMIT_PX, wayCanvas.parentNode.clientWidth);
    if (!bitmaps.length || side < 20) return;
    const from = Math.floor(position);
    const to = Math.min(from + 1, shown.steps.length - 1);
    const share = easeInOut(position - from);
    const between = (first, second) => first.map((value, index) => value + (second[index] - value) * share);
    const place = between(shown.steps[from].place, shown.steps[to].place);
    const colors = readColors(host, { ground: "--gb-surface-sunk", accent: "--gb-accent" });
    const context = prepare(wayCanvas, side);
    context.fillStyle = colors.ground;
    context.fillRect(0, 0, side, side);
    drawPlaced(context, from, place, side, 1);
    if (share > 0) drawPlaced(context, to, place, side, share);
    drawMarks(context, place, between(shown.steps[from].center, shown.steps[to].center), side, colors);
  }

  function drawPlaced(context, index, place, side, strength) {
    const [x, y, width, height] = shown.steps[index].place;
    const zoom = [place[2] / width, place[3] / height];
    context.globalAlpha = strength;
    context.imageSmoothingEnabled = bitmaps[index].image.width > PIXELS;
    context.drawImage(bitmaps[index].image, (place[0] - x * zoom[0]) * side, (place[1] - y * zoom[1]) * side, zoom[0] * side, zoom[1] * side);
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

function showAnswer(figure, at) {
  setText(figure.querySelector("b"), at.digit === null ? "" : String(at.digit));
  setText(figure.querySelector("span"), at.confidence);
}

function drawWhole(canvas, bitmap, side) {
  if (side < 20) return;  // in a closed tab
  const context = prepare(canvas, side);
  context.imageSmoothingEnabled = bitmap.width > PIXELS;
  context.drawImage(bitmap, 0, 0, side, side);
}

function prepare(canvas, side) {
  canvas.style.width = canvas.style.height = `${side}px`;
  return fitCanvas(canvas, side, side);
}

// The ink's box, the middle of the frame as a cross, and the centre of mass as a ring, with a halo to be seen on ink.
function drawMarks(context, place, center, side, colors) {
  const traceOver = (width) => {
    for (const [color, more] of [[colors.ground, 3], [colors.accent, 0]]) {
      context.strokeStyle = color;
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
  const middle = 14.5 / PIXELS * side;  // of the middle pixel, in which every centre of mass comes to lie
  for (const [x, y] of [[1, 0], [0, 1]]) {
    context.moveTo(middle - 9 * x, middle - 9 * y);
    context.lineTo(middle + 9 * x, middle + 9 * y);
  }
  traceOver(1.5);
  context.beginPath();
  context.arc(center[0] * side, center[1] * side, 6, 0, 2 * Math.PI);
  traceOver(2);
}
