// A line that offers to take a deletion back, for ten seconds or until something else is done.

/** @import { KnownCard } from "./types.js" */

import { findPart, setText } from "../../ui/components/nodes.js";

const UNDO_MS = 10_000;

/** @type {(line: HTMLElement, onUndo: (card: KnownCard) => void) => { show: (card: KnownCard) => void, hide: () => void }} */
export function createUndo(line, onUndo) {
  /** @type {KnownCard | null} */
  let deleted = null; // the card of the run that can be brought back
  let timer = 0;

  /** @type {(card: KnownCard) => void} */
  function show(card) {
    clearTimeout(timer);
    deleted = card;
    setText(findPart(line, "span"), `\u201c${card.label}\u201d is deleted.`);
    line.hidden = false;
    timer = setTimeout(hide, UNDO_MS);
  }

  function hide() {
    clearTimeout(timer);
    line.hidden = true;
  }

  findPart(line, "button").addEventListener("click", () => deleted && onUndo(deleted));
  return { show, hide };
}
