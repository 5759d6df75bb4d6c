// Where the units of a network stand: the inputs, each hidden layer and the output in columns of their own.
/** @import { GraphPlan } from "./types.js" */

import { keepWithin } from "../../../ui/components/numbers.js";

const INPUT_NAME_PX = 40; // left of an input's map
const TITLE_PX = 38; // of two lines
const EDGE_PX = 8;
const LARGEST_PX = 46;
const SMALLEST_PX = 12;

// `sizes` are the numbers of inputs and of each layer's units.
/** @type {(sizes: number[], width: number, height: number) => GraphPlan} */
export function planGraph(sizes, width, height) {
  const pitch = (height - TITLE_PX - EDGE_PX) / Math.max(...sizes);
  const gap = (width - INPUT_NAME_PX - EDGE_PX) / sizes.length;
  const size = keepWithin(Math.floor(Math.min(pitch * 0.86, gap * 0.6)), SMALLEST_PX, LARGEST_PX);
  const step = Math.min(pitch, size * 1.45);
  // From the inputs' middle to the output's, with half a map at either end.
  const first = INPUT_NAME_PX + size / 2;
  const across = (width - EDGE_PX - size / 2 - first - titleOverhang(size)) / Math.max(1, sizes.length - 1);
  const middle = TITLE_PX + (height - TITLE_PX - EDGE_PX) / 2;
  return {
    size,
    top: TITLE_PX,
    gap: across,
    columns: sizes.map((units, column) =>
      Array.from({ length: units }, (_, unit) => ({
        layer: column - 1,
        unit,
        x: first + column * across,
        y: middle + (unit - (units - 1) / 2) * step,
      })),
    ),
    titles: sizes.map((units, column) => nameColumn(column - 1, units, column === sizes.length - 1)),
  };
}

// "Output" is wider than a small map.
/** @type {(size: number) => number} */
const titleOverhang = (size) => Math.max(0, (48 - size) / 2);

/** @type {(layer: number, units: number, isLast: boolean) => string[]} */
function nameColumn(layer, units, isLast) {
  if (layer < 0) return ["Input", ""];
  if (isLast) return ["Output", ""];
  return [`Hidden layer ${layer + 1}`, `${units} ${units === 1 ? "unit" : "units"}`];
}
