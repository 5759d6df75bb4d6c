// A line that offers to take a deletion back, for ten seconds or until something else is done.

import { setText } from "../../ui/components/nodes.js";

const UNDO_MS = 10_000;

export function createUndo(line, onUndo) {
  let deleted = null; // the card of the run that can be brought back
  let timer = null;

  function show(card) {
    clearTimeout(timer);
    deleted = card;
    setText(line.querySelector("span"), `\u201c${card.label}\u201d is deleted.`);
    line.hidden = false;
    timer = setTimeout(hide, UNDO_MS);
  }

  function hide() {
    clearTimeout(timer);
    line.hidden = true;
  }

  line.querySelector("button").addEventListener("click", () => onUndo(deleted));
  return { show, hide };
}
