// What can be done with a list of layers. Nothing is changed in place: an earlier list stays as it was, for undoing.
/** @import { KindView, Layer, Moved, PlainLayer, Place, SettingValue } from "./types.js" */

let lastKey = 0; // of a row: never given twice, whatever list it is in

/** @type {(plain: PlainLayer) => Layer} */
export function readLayer({ layer, body, ...settings }) {
  lastKey += 1;
  return { key: lastKey, kind: layer, settings, body: layer === "Residual" ? (body ?? []).map(readLayer) : null };
}

// Layers from outside; those that stand where they stood keep their rows.
/** @type {(plain: PlainLayer[], before?: Layer[]) => Layer[]} */
export function readLayers(plain, before = []) {
  const fresh = plain.map(readLayer);
  const isSame = (/** @type {number} */ place, /** @type {number} */ other) =>
    before[other] !== undefined && JSON.stringify(writeLayer(before[other])) === JSON.stringify(plain[place]);
  let head = 0;
  while (head < fresh.length && isSame(head, head)) head += 1;
  let tail = 0;
  const least = Math.min(fresh.length, before.length);
  while (tail < least - head && isSame(fresh.length - 1 - tail, before.length - 1 - tail)) tail += 1;
  return fresh.map((layer, place) => {
    if (place < head) return before[place];
    if (place >= fresh.length - tail) return before[before.length - (fresh.length - place)];
    const old = fresh.length === before.length && before[place].kind === layer.kind ? before[place] : null;
    return old
      ? { ...layer, key: old.key, body: layer.body && readLayers(plain[place].body ?? [], old.body ?? []) }
      : layer;
  });
}

/** @type {(layer: Layer) => PlainLayer} */
export function writeLayer({ kind, settings, body }) {
  return { layer: kind, ...(body && { body: body.map(writeLayer) }), ...settings };
}

/** @type {(layers: Layer[]) => PlainLayer[]} */
export const writeLayers = (layers) => layers.map(writeLayer);

/** @type {(layers: Layer[]) => number} */
export const countLayers = (layers) => layers.reduce((sum, { body }) => sum + 1 + (body?.length ?? 0), 0);

/** @type {(layers: Layer[]) => number[]} */
export const listKeys = (layers) => layers.flatMap(({ key, body }) => [key, ...(body ?? []).map((inner) => inner.key)]);

/** @type {(layers: Layer[], key: number) => Place | null} */
export function findPlace(layers, key) {
  for (const [index, layer] of layers.entries()) {
    if (layer.key === key) return [index];
    const inner = layer.body?.findIndex((one) => one.key === key) ?? -1;
    if (inner >= 0) return [index, inner];
  }
  return null;
}

/** @type {(layers: Layer[], place: Place) => Layer} */
export const takeLayer = (layers, [index, inner]) =>
  inner === undefined ? layers[index] : /** @type {Layer[]} */ (layers[index].body)[inner];

// The list with another one in place of the list in which `place` is.
/** @type {(layers: Layer[], place: Place, change: (list: Layer[], index: number) => Layer[]) => Layer[]} */
function changeList(layers, [index, inner], change) {
  if (inner === undefined) return change(layers, index);
  const block = layers[index];
  return layers.with(index, { ...block, body: change(block.body ?? [], inner) });
}

/** @type {(layers: Layer[], place: Place, layer: Layer) => Layer[]} */
export const insertLayer = (layers, place, layer) =>
  changeList(layers, place, (list, index) => list.toSpliced(index, 0, layer));

/** @type {(layers: Layer[], place: Place) => Layer[]} */
export const removeLayer = (layers, place) => changeList(layers, place, (list, index) => list.toSpliced(index, 1));

/** @type {(layers: Layer[], place: Place, layer: Layer) => Layer[]} */
export const replaceLayer = (layers, place, layer) =>
  changeList(layers, place, (list, index) => list.with(index, layer));

// A second one behind it.
/** @type {(layers: Layer[], place: Place) => Moved} */
export function doubleLayer(layers, place) {
  const next = [...place.slice(0, -1), place[place.length - 1] + 1];
  return { layers: insertLayer(layers, next, readLayer(writeLayer(takeLayer(layers, place)))), place: next };
}

// To the gap before what stands at `to` now. A block is put into no block; it stays where it is then.
/** @type {(layers: Layer[], from: Place, to: Place) => Moved} */
export function moveLayer(layers, from, to) {
  const layer = takeLayer(layers, from);
  if (layer.body && to.length > 1) return { layers, place: from };
  const place = [...to];
  const isBefore = from.length === 1 ? from[0] < to[0] : from[0] === to[0] && to.length === 2 && from[1] < to[1];
  if (isBefore) place[from.length - 1] -= 1;
  return { layers: insertLayer(removeLayer(layers, from), place, layer), place };
}

// One step up (-1) or down (1) as it is read from top to bottom: into a block, through it, and out of it again.
/** @type {(layers: Layer[], from: Place, way: 1 | -1) => Moved} */
export function stepLayer(layers, from, way) {
  const [index, inner] = from;
  const stays = { layers, place: from };
  if (inner !== undefined) {
    const length = layers[index].body?.length ?? 0;
    if (way < 0) return moveLayer(layers, from, inner > 0 ? [index, inner - 1] : [index]);
    return moveLayer(layers, from, inner < length - 1 ? [index, inner + 2] : [index + 1]);
  }
  const neighbour = layers[index + way];
  if (!neighbour) return stays;
  if (neighbour.body && !layers[index].body)
    return moveLayer(layers, from, [index + way, way > 0 ? 0 : neighbour.body.length]);
  return moveLayer(layers, from, [way > 0 ? index + 2 : index - 1]);
}

// Where a layer is added: behind the marked one, into a marked block that is empty, else at the end.
/** @type {(layers: Layer[], key: number | null) => Place} */
export function findGap(layers, key) {
  const place = key === null ? null : findPlace(layers, key);
  if (!place) return [layers.length];
  if (takeLayer(layers, place).body?.length === 0) return [...place, 0];
  return [...place.slice(0, -1), place[place.length - 1] + 1];
}

/** @type {(layer: Layer, name: string, value: SettingValue, kind: KindView) => Layer} */
export function setSetting(layer, name, value, kind) {
  const settings = Object.fromEntries(
    kind.settings.flatMap((setting) => {
      const own = setting.name === name ? value : (layer.settings[setting.name] ?? setting.default);
      return own === setting.default ? [] : [[setting.name, own]];
    }),
  );
  return { ...layer, settings };
}

// Another kind in its place: settings that both have stay, where the new one allows their values.
/** @type {(layer: Layer, kind: KindView) => Layer} */
export function changeKind(layer, kind) {
  const fresh = readLayer(/** @type {PlainLayer} */ (kind.fresh));
  const settings = Object.fromEntries(
    Object.entries(layer.settings).filter(([name, value]) => {
      const setting = kind.settings.find((one) => one.name === name);
      if (!setting) return false;
      if (typeof value !== "number") return typeof value === typeof setting.default;
      return value >= setting.low && value <= setting.high;
    }),
  );
  return { ...fresh, key: layer.key, settings: { ...fresh.settings, ...settings }, body: fresh.body };
}
