// Gauges: where MNIST's digits lie on a measure, and where this drawing does. Python sends every place as a share of the scale.
/** @import { GaugeView } from "../payloads.js" */
/** @import { Colors, Context } from "../../ui/components/types.js" */

import { fitCanvas, readColors } from "../../ui/components/canvas.js";
import { addNode, findCanvas, findPart, setText } from "../../ui/components/nodes.js";

const GAUGE = { height: 36, margin: 9, middle: 18 };
const GAUGE_COLORS = {
  track: "--gb-surface-sunk",
  band: "--gb-line-strong",
  line: "--gb-text-soft",
  step: "--gb-accent",
  plain: "--gb-text",
  ground: "--gb-surface",
};

// `list` is a ul; `gauges` has a measure each, with a mark for every step, the first of them the plain resize.
/** @param {HTMLElement} list */
export function createGauges(list) {
  /** @type {GaugeView[]} */
  let gauges = [];
  let step = 0;

  /** @param {GaugeView[]} newGauges */
  function setGauges(newGauges) {
    gauges = newGauges;
    while (list.children.length > gauges.length) list.lastChild?.remove();
    while (list.children.length < gauges.length) {
      const row = addNode(list, "li");
      const name = addNode(row, "div", "gb-preparation-name");
      addNode(name, "b");
      addNode(name, "small");
      addNode(row, "canvas").setAttribute("role", "img");
      const reading = addNode(row, "div", "gb-preparation-reading");
      addNode(reading, "span");
      addNode(reading, "small");
    }
    gauges.forEach((gauge, index) => {
      setText(findPart(list.children[index], "b"), gauge.title);
      setText(findPart(list.children[index], ".gb-preparation-name small"), gauge.range_text);
    });
  }

  /** @param {number} newStep */
  function showStep(newStep) {
    step = newStep;
    gauges.forEach((gauge, index) => {
      const row = list.children[index];
      const mark = gauge.marks[step];
      row.classList.toggle("is-odd", !mark.is_like);
      setText(findPart(row, "span"), `${mark.text}: ${mark.verdict}`);
      setText(findPart(row, ".gb-preparation-reading small"), `plain resize ${gauge.marks[0].text}`);
      findCanvas(row).setAttribute("aria-label", `${gauge.title}: ${mark.text}. ${gauge.range_text}.`);
    });
    draw();
  }

  function draw() {
    const colors = readColors(list, GAUGE_COLORS);
    gauges.forEach((gauge, index) => {
      drawGauge(findCanvas(list.children[index]), gauge, colors);
    });
  }

  /** @type {(canvas: HTMLCanvasElement, gauge: GaugeView, colors: Colors) => void} */
  function drawGauge(canvas, gauge, colors) {
    const width = canvas.clientWidth;
    if (width < 40) return; // in a closed tab; the size observer calls again
    const { height, margin, middle } = GAUGE;
    const context = fitCanvas(canvas, width, height);
    /** @type {(share: number) => number} */
    const at = (share) => margin + share * (width - 2 * margin);
    // A range of no length is still to be seen.
    /** @type {(from: number, to: number, thickness: number) => void} */
    const bar = (from, to, thickness) =>
      context.fillRect(at(from) - 1, middle - thickness / 2, at(to) - at(from) + 2, thickness);
    const [lowest, low, median, high, highest] = gauge.range;
    context.clearRect(0, 0, width, height);
    context.fillStyle = colors.track;
    context.beginPath();
    context.roundRect(0, middle - 12, width, 24, 6);
    context.fill();
    context.fillStyle = colors.line;
    bar(lowest, highest, 2);
    context.fillStyle = colors.band;
    bar(low, high, 16);
    context.fillStyle = colors.line;
    bar(median, median, 16);
    drawMark(context, at(gauge.marks[0].at), colors, false);
    drawMark(context, at(gauge.marks[step].at), colors, true);
  }

  // A halo in the ground's colour keeps each mark apart from what it lies on.
  /** @type {(context: Context, x: number, colors: Colors, isStep: boolean) => void} */
  function drawMark(context, x, colors, isStep) {
    context.beginPath();
    if (isStep) context.arc(x, GAUGE.middle, 6, 0, 2 * Math.PI);
    else {
      context.moveTo(x, GAUGE.middle - 8);
      for (const [right, down] of [
        [8, 0],
        [0, 8],
        [-8, 0],
      ])
        context.lineTo(x + right, GAUGE.middle + down);
      context.closePath();
    }
    context.lineWidth = isStep ? 3 : 5;
    context.strokeStyle = colors.ground;
    context.stroke();
    if (isStep) {
      context.fillStyle = colors.step;
      return context.fill();
    }
    context.lineWidth = 2;
    context.strokeStyle = colors.plain;
    context.stroke();
  }

  return { setGauges, showStep, draw };
}
