// How a run stands, as its card says.
/** @import { RunCard } from "../payloads.js" */

export const EXAMPLE = "example";

/** @type {(status: string) => boolean} */
export function isLive(status) {
  return status === "waiting" || status === "starting" || status === "running";
}

/** @type {(card: { status: string }) => boolean} */
export function isTraining({ status }) {
  return status === "starting" || status === "running";
}

// A damaged run may go on all the same.
/** @type {(card: RunCard) => boolean} */
export function isGoing(card) {
  return isLive(card.status) || card.is_live === true;
}

// Of a run that was interrupted somebody may hear again: another window may resume it.
/** @type {(card: RunCard) => boolean} */
export function isOpen(card) {
  return isGoing(card) || card.status === "interrupted";
}

// A run in the words of a screen reader, `names` first. The share of a run that trains is left out: it would be told with
// every update.
/** @type {(card: RunCard, names: string[]) => string} */
export function describeRun(card, names) {
  const state = card.status === "running" ? "Training" : card.text;
  const figures = [
    card.validation && `validation accuracy ${card.validation}`,
    card.test && `test accuracy ${card.test}`,
  ];
  return [...names, state, ...figures].filter(Boolean).join(", ");
}
