// The graph of a network: units as maps of the plane, weights as lines between them. Width and colour of a line are its
// weight; whoever points at a unit sees the lines that lead to it and from it alone.
/** @import { PlaneNetwork } from "../payloads.js" */
/** @import { Context } from "../../../ui/components/types.js" */
/** @import { GraphPlan, Palette, PlacedUnit, ReadMoment, UnitPlace } from "./types.js" */

import { fitCanvas } from "../../../ui/components/canvas.js";
import { findCanvas } from "../../../ui/components/nodes.js";
import { createBitmap, drawEnlarged } from "./bitmap.js";
import { planGraph } from "./graph_plan.js";
import { countUnitsBefore, readBytes } from "./moments.js";
import { createUnitButtons } from "./unit_buttons.js";

const WIDEST_PX = 6.5;
const HALF_WEIGHT = 1.5; // of such a weight a line is half as wide as the widest
const FONT = "ui-sans-serif, system-ui, sans-serif";

/** @type {(unit: UnitPlace | null, other: UnitPlace) => boolean} */
const isSame = (unit, other) => unit?.layer === other.layer && unit.unit === other.unit;

// `onUnit` hears of the unit that is pointed at, with the place of the plane under the pointer, and of none; `onChoice` of
// one that is pressed.
/** @type {(root: HTMLElement, hear: { onUnit: (unit: UnitPlace | null, at: number[] | null) => void, onChoice: (unit: UnitPlace) => void }) => { setNetwork: (network: PlaneNetwork) => void, setUnit: (unit: UnitPlace | null) => void, setChosen: (unit: UnitPlace | null) => void, draw: (moment: ReadMoment, palette: Palette) => void }} */
export function createNetworkGraph(root, hear) {
  const canvas = findCanvas(root);
  const paint = createBitmap();
  const paintInputs = createBitmap();
  const buttons = createUnitButtons(root, hear);
  /** @type {PlaneNetwork} */
  let network;
  /** @type {Uint8Array} */
  let inputMaps;
  /** @type {GraphPlan} */
  let plan;
  /** @type {UnitPlace | null} */
  let pointed = null;
  let planned = "";

  /** @type {(newNetwork: PlaneNetwork) => void} */
  function setNetwork(newNetwork) {
    network = newNetwork;
    inputMaps = readBytes(network.input_maps);
    root.style.setProperty("--columns", `${network.layers.length + 1}`);
    root.style.setProperty("--units", `${Math.max(network.inputs.length, ...network.layers)}`);
    planned = "";
  }

  function layOut() {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const wanted = [width, height, network.inputs, network.layers].join();
    if (wanted === planned) return;
    planned = wanted;
    plan = planGraph([network.inputs.length, ...network.layers], width, height);
    buttons.place(plan, network);
  }

  /** @type {(moment: ReadMoment, palette: Palette) => void} */
  function draw(moment, palette) {
    if (!network || canvas.clientWidth < 40) return;
    layOut();
    const context = fitCanvas(canvas, canvas.clientWidth, canvas.clientHeight);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    drawTitles(context, palette);
    drawWeights(context, moment, palette);
    const { signed } = palette;
    const inputs = paintInputs(network.side, network.side * network.inputs.length, (place) => signed[inputMaps[place]]);
    const units = paint(network.side, moment.maps.length / network.side, (place) => signed[moment.maps[place]]);
    for (const placed of plan.columns.flat()) {
      const number = placed.layer < 0 ? placed.unit : countUnitsBefore(network.layers, placed.layer, placed.unit);
      drawUnit(context, placed.layer < 0 ? inputs : units, number * network.side, placed, palette);
    }
  }

  /** @type {(context: Context, bitmap: HTMLCanvasElement, top: number, placed: PlacedUnit, palette: Palette) => void} */
  function drawUnit(context, bitmap, top, placed, { colors }) {
    const { size } = plan;
    const [left, upper] = [placed.x - size / 2, placed.y - size / 2];
    const isPointed = isSame(pointed, placed);
    context.save();
    context.beginPath();
    context.roundRect(left, upper, size, size, 5);
    context.fillStyle = colors.surface;
    context.lineWidth = isPointed ? 6 : 4;
    context.strokeStyle = colors.surface;
    context.stroke();
    context.fill();
    context.clip();
    drawEnlarged(context, bitmap, network.side, top, [left, upper, size, size]);
    context.restore();
    context.beginPath();
    context.roundRect(left, upper, size, size, 5);
    context.lineWidth = isPointed ? 2.5 : 1.25;
    context.strokeStyle = isPointed ? colors.accent : colors.label;
    context.stroke();
    if (placed.layer >= 0) return;
    context.font = `italic 14px ${FONT}`;
    context.fillStyle = colors.text;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(network.inputs[placed.unit], left - 7, placed.y);
  }

  /** @type {(context: Context, palette: Palette) => void} */
  function drawTitles(context, { colors }) {
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    plan.titles.forEach(([title, count], column) => {
      const [first] = plan.columns[column];
      context.font = `600 12px ${FONT}`;
      context.fillStyle = colors.text;
      const isNarrow = context.measureText(title).width > plan.gap - 8;
      context.fillText(isNarrow ? title.replace("Hidden layer", "Layer") : title, first.x, count ? 14 : 22);
      context.font = `12px ${FONT}`;
      context.fillStyle = colors.label;
      context.fillText(count, first.x, 29);
    });
  }

  // The strongest last, on top of the others.
  /** @type {(context: Context, moment: ReadMoment, palette: Palette) => void} */
  function drawWeights(context, moment, { colors }) {
    /** @type {{ from: PlacedUnit, to: PlacedUnit, weight: number }[]} */
    const lines = [];
    moment.layers.forEach(({ weights, numInputs }, layer) => {
      for (const to of plan.columns[layer + 1]) {
        for (const from of plan.columns[layer])
          lines.push({ from, to, weight: weights[to.unit * numInputs + from.unit] });
      }
    });
    lines.sort((one, other) => Math.abs(one.weight) - Math.abs(other.weight));
    context.lineCap = "butt";
    for (const { from, to, weight } of lines) {
      const strength = Number.isFinite(weight) ? Math.abs(weight) / (Math.abs(weight) + HALF_WEIGHT) : 1;
      const isSeen = !pointed || isSame(pointed, to) || isSame(pointed, from);
      const [startX, endX] = [from.x + plan.size / 2, to.x - plan.size / 2];
      const bend = (endX - startX) * 0.45;
      context.strokeStyle = weight > 0 ? colors.positive : weight < 0 ? colors.negative : colors.lineStrong;
      context.globalAlpha = (0.3 + 0.6 * strength) * (isSeen ? 1 : 0.12);
      context.lineWidth = Math.max(0.75, WIDEST_PX * strength);
      context.beginPath();
      context.moveTo(startX, from.y);
      context.bezierCurveTo(startX + bend, from.y, endX - bend, to.y, endX, to.y);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  return {
    setNetwork,
    setUnit: (unit) => {
      pointed = unit;
    },
    setChosen: buttons.setChosen,
    draw,
  };
}
