// What buttons and drags do to a list: the list that comes of it, the row that is marked then, and the sentence that
// tells it. One that cannot be done is told alone.
/** @import { Edit, KindView, Layer, PlainLayer, Place } from "./types.js" */

import {
  countLayers,
  doubleLayer,
  findGap,
  findPlace,
  insertLayer,
  listKeys,
  moveLayer,
  readLayer,
  removeLayer,
  stepLayer,
  takeLayer,
} from "./layer_list.js";

// A layer's number as it is read, such as 2 or 2.1.
/** @type {(place: Place) => string} */
export const numberOf = (place) => place.map((index) => index + 1).join(".");

/** @type {(maxLayers: number) => Edit} */
const refuseMore = (maxLayers) => ({ told: `A network has at most ${maxLayers} layers.` });

/** @type {(layers: Layer[], marked: number | null, kind: KindView, maxLayers: number) => Edit} */
export function addLayer(layers, marked, kind, maxLayers) {
  const layer = readLayer(/** @type {PlainLayer} */ (kind.fresh));
  const place = findGap(layers, marked);
  if (layer.body && place.length > 1) return { told: "A residual block holds layers, not another block." };
  if (countLayers([...layers, layer]) > maxLayers) return refuseMore(maxLayers);
  return {
    layers: insertLayer(layers, place, layer),
    marked: layer.key,
    told: `${kind.name} is layer ${numberOf(place)}.`,
    shown: layer.key,
  };
}

/** @type {(layers: Layer[], key: number, action: "up" | "down" | "double" | "remove", maxLayers: number) => Edit | null} */
export function editLayer(layers, key, action, maxLayers) {
  const place = findPlace(layers, key);
  if (!place) return null;
  const layer = takeLayer(layers, place);
  const { kind } = layer;
  if (action === "remove") {
    const order = listKeys(layers);
    const rest = removeLayer(layers, place);
    const at = order.indexOf(key);
    const near = [...order.slice(at + 1), ...order.slice(0, at).reverse()]; // of a block, its layers go too
    return { layers: rest, marked: near.find((one) => findPlace(rest, one)) ?? null, told: `${kind} is removed.` };
  }
  if (action === "double") {
    if (countLayers([...layers, layer]) > maxLayers) return refuseMore(maxLayers);
    const doubled = doubleLayer(layers, place);
    const told = `${kind} is there twice, also as layer ${numberOf(doubled.place)}.`;
    return { layers: doubled.layers, marked: takeLayer(doubled.layers, doubled.place).key, told };
  }
  const moved = stepLayer(layers, place, action === "up" ? -1 : 1);
  if (moved.layers === layers) return null;
  return { layers: moved.layers, told: `${kind} is now layer ${numberOf(moved.place)}.`, shown: key };
}

/** @type {(layers: Layer[], key: number, to: Place) => Edit | null} */
export function dropLayer(layers, key, to) {
  const from = findPlace(layers, key);
  if (!from) return null;
  const moved = moveLayer(layers, from, to);
  if (moved.place.join() === from.join()) return null;
  const { kind } = takeLayer(moved.layers, moved.place);
  return { layers: moved.layers, marked: key, told: `${kind} is now layer ${numberOf(moved.place)}.` };
}
