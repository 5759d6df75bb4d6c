// What comes of a training as bytes: weights, maps and surfaces, read once each.
/** @import { PlaneMoment, PlaneNetwork } from "../payloads.js" */
/** @import { LayerNumbers, ReadMoment } from "./types.js" */

/** @type {(text: string) => Uint8Array} */
export const readBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** @type {(network: PlaneNetwork, moment: PlaneMoment) => ReadMoment} */
export function readMoment(network, moment) {
  return {
    ...moment,
    layers: readLayers(readBytes(moment.weights), [network.inputs.length, ...network.layers]),
    maps: readBytes(moment.maps),
    surface: readBytes(moment.surface),
  };
}

// `sizes` are the numbers of inputs and of each layer's units.
/** @type {(bytes: Uint8Array, sizes: number[]) => LayerNumbers[]} */
export function readLayers(bytes, sizes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  /** @type {(count: number) => Float32Array} */
  const take = (count) =>
    Float32Array.from({ length: count }, () => {
      at += 4;
      return view.getFloat32(at - 4, true);
    });
  return sizes.slice(1).map((units, index) => {
    const numInputs = sizes[index];
    return { weights: take(units * numInputs), bias: take(units), numInputs };
  });
}

// The number of a unit among all maps of a network.
/** @type {(layers: number[], layer: number, unit: number) => number} */
export const countUnitsBefore = (layers, layer, unit) =>
  layers.slice(0, layer).reduce((sum, units) => sum + units, 0) + unit;

// The place of the least of some numbers, the first where there are several; −1 where there is none.
/** @type {(losses: (number | null | undefined)[]) => number} */
export function findLowest(losses) {
  let lowest = -1;
  losses.forEach((loss, place) => {
    if (typeof loss === "number" && (lowest < 0 || loss < /** @type {number} */ (losses[lowest]))) lowest = place;
  });
  return lowest;
}

// Where a map crosses a level, as straight parts (marching squares): x, y, x, y of each, 0 to 1 from the top left. The
// bytes stand in the middles of `side` × `side` places.
/** @type {(bytes: Uint8Array, side: number, level: number) => number[]} */
export function traceLevel(bytes, side, level) {
  /** @type {number[]} */
  const parts = [];
  for (let row = 0; row + 1 < side; row += 1) {
    for (let column = 0; column + 1 < side; column += 1) {
      const at = row * side + column;
      // Around the cell, from its top left corner.
      const corners = [bytes[at], bytes[at + 1], bytes[at + side + 1], bytes[at + side]].map((byte) => byte - level);
      const crossed = corners.flatMap((corner, edge) => {
        const next = corners[(edge + 1) % 4];
        return corner > 0 === next > 0 ? [] : [pointOnEdge(row, column, edge, corner / (corner - next))];
      });
      for (let k = 0; k + 1 < crossed.length; k += 2) parts.push(...crossed[k], ...crossed[k + 1]);
    }
  }
  return parts.map((cells) => (cells + 0.5) / side);
}

/** @type {(row: number, column: number, edge: number, share: number) => number[]} */
function pointOnEdge(row, column, edge, share) {
  return [
    [column + share, row],
    [column + 1, row + share],
    [column + 1 - share, row + 1],
    [column, row + 1 - share],
  ][edge];
}
