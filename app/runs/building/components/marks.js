// Which row is marked, behind which layers are added, and which one is pointed at: in the list and in the picture.
/** @import { Layer } from "./types.js" */

import { numberOf } from "./edits.js";
import { countLayers, findGap } from "./layer_list.js";

/** @type {(layers: Layer[], marked: number | null) => string} */
export function writeWhere(layers, marked) {
  const place = findGap(layers, marked);
  if (place.length === 1 && place[0] === layers.length) return "Add at the end";
  if (place.length > 1 && place[1] === 0) return `Add into block ${place[0] + 1}`;
  return `Add behind layer ${numberOf(place.with(-1, place[place.length - 1] - 1))}`;
}

/** @type {(event: Event) => number | null} */
function findKey(event) {
  const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".gb-layer"));
  return row ? Number(row.dataset.key) : null;
}

// `all` returns the rows by their keys, `markPicture` marks the picture, `setWhere` says where a layer is added, and
// whether the list is full.
/** @type {(list: HTMLElement, given: { all: () => [number, HTMLElement][], read: () => Layer[], maxLayers: number, markPicture: (marked: number | null, pointed: number | null) => void, setWhere: (where: string, isFull: boolean) => void }) => { read: () => number | null, mark: (key: number | null) => void, point: (key: number | null) => void, show: () => void }} */
export function createMarks(list, { all, read, maxLayers, markPicture, setWhere }) {
  /** @type {number | null} */
  let marked = null; // the row that was used last
  /** @type {number | null} */
  let pointed = null;

  function show() {
    for (const [key, node] of all()) {
      node.classList.toggle("is-marked", key === marked);
      node.classList.toggle("is-pointed", key === pointed);
    }
    markPicture(marked, pointed);
    const layers = read();
    const isFull = countLayers(layers) >= maxLayers;
    setWhere(
      isFull ? `${maxLayers} layers are the most: remove one to add another` : writeWhere(layers, marked),
      isFull,
    );
  }

  /** @type {(key: number | null) => void} */
  function mark(key) {
    marked = key;
    show();
  }

  /** @type {(key: number | null) => void} */
  function point(key) {
    pointed = key;
    show();
  }

  list.addEventListener("focusin", (event) => mark(findKey(event)));
  // Before a button of a row does its work, which may mark another one.
  list.addEventListener("click", (event) => mark(findKey(event) ?? marked), true);
  list.addEventListener("pointerover", (event) => point(findKey(event)));
  list.addEventListener("pointerleave", () => point(null));
  return { read: () => marked, mark, point, show };
}
