// The rows on the screen, a node a layer: kept for as long as its layer is in the list, so that the focus stays.
/** @import { KindView, Layer, NetworkView, Row, RowActions, RowView } from "./types.js" */

import { findPart } from "../../../ui/components/nodes.js";
import { numberOf } from "./edits.js";
import { findPlace, listKeys } from "./layer_list.js";
import { createRow } from "./row.js";

const LATE_MS = 150; // until then figures that are to change are not dimmed: most answers are there

// `fill` shows a list, with what Python knows of it, or null where that is not yet known: then with what was known of
// each layer.
/** @type {(list: HTMLElement, kinds: Map<string, KindView>, actions: RowActions) => { get: (key: number | null) => HTMLElement | null, all: () => [number, HTMLElement][], fill: (layers: Layer[], shown: NetworkView | null) => void, findMistake: (layers: Layer[]) => string }} */
export function createShownRows(list, kinds, actions) {
  /** @type {Map<number, Row>} */
  const rows = new Map(); // by their layers' keys
  /** @type {Map<number, RowView>} */
  let known = new Map();
  let most = 0; // learned numbers of one layer
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let dimming;

  /** @type {(layers: Layer[], shown: NetworkView | null) => void} */
  function fill(layers, shown) {
    const focused = /** @type {HTMLElement | null} */ (
      list.contains(document.activeElement) ? document.activeElement : null
    );
    if (shown) remember(layers, shown);
    const kept = new Set(listKeys(layers));
    for (const [key, { node }] of rows) {
      if (kept.has(key)) continue;
      node.remove();
      rows.delete(key);
    }
    fillList(list, layers, "");
    clearTimeout(dimming);
    if (shown) list.classList.remove("is-waiting");
    else dimming = setTimeout(() => list.classList.add("is-waiting"), LATE_MS);
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  /** @type {(place: HTMLElement, layers: Layer[], prefix: string) => void} */
  function fillList(place, layers, prefix) {
    layers.forEach((layer, index) => {
      let row = rows.get(layer.key);
      if (!row) rows.set(layer.key, (row = createRow(layer.key, kinds, actions)));
      if (place.children[index] !== row.node) place.insertBefore(row.node, place.children[index] ?? null);
      const number = `${prefix}${index + 1}`;
      row.fill(layer, { number, view: known.get(layer.key) ?? null, most });
      if (layer.body) fillList(findPart(row.node, ":scope > ol"), layer.body, `${number}.`);
    });
  }

  /** @type {(layers: Layer[], shown: NetworkView) => void} */
  function remember(layers, shown) {
    known = new Map();
    most = Math.max(0, ...shown.rows.map((row) => row.parameters ?? 0));
    layers.forEach((layer, index) => {
      const row = shown.rows[index];
      if (!row) return;
      known.set(layer.key, row);
      layer.body?.forEach((inner, place) => row.body[place] && known.set(inner.key, row.body[place]));
    });
  }

  // What is wrong in a field, "" for nothing.
  /** @type {(layers: Layer[]) => string} */
  function findMistake(layers) {
    for (const key of listKeys(layers)) {
      const mistake = rows.get(key)?.readMistake();
      if (mistake) return `Layer ${numberOf(/** @type {number[]} */ (findPlace(layers, key)))}: ${mistake}`;
    }
    return "";
  }

  list.addEventListener("keydown", (event) => {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".gb-layer"));
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    actions.act(Number(row.dataset.key), event.key === "ArrowUp" ? "up" : "down");
  });

  return {
    get: (key) => (key === null ? null : (rows.get(key)?.node ?? null)),
    all: () => [...rows].map(([key, { node }]) => [key, node]),
    fill,
    findMistake,
  };
}
