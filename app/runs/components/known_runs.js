// What this page knows of a visitor's runs, which of them is looked at, and what is to be asked next.
/** @import { Answer, KnownCard, KnownRuns, Question, SharedList } from "./types.js" */

import { EXAMPLE, isOpen, isTraining } from "./run_status.js";

export const MAX_ASKED = 200; // runs in one question, as app/runs/live.py allows

// `list` is the shared list of runs.
/** @type {(list: SharedList) => KnownRuns} */
export function createKnownRuns(list) {
  /** @type {Map<string, KnownCard>} */
  const cards = new Map(); // a run's id -> what the list and the heading show of it
  let focus = ""; // the chosen run's id, once there is one
  let needsView = true; // the whole curve is to be asked for, not only what is new on it
  let isPaused = false;

  // As they stand in the list: the latest first, the example last.
  const listed = () => list.read().reverse().concat(EXAMPLE);
  const listCards = () => listed().flatMap((id) => cards.get(id) ?? []);
  /** @type {(id: string) => boolean} */
  const isUnknown = (id) => cards.get(id)?.isStale ?? !cards.has(id);
  const countUnknown = () => listed().filter(isUnknown).length;

  // A long list is asked about in pieces: first the chosen run, then those of which nothing is known.
  /** @type {() => Question} */
  function buildQuestion() {
    const open = listCards().filter((card) => !card.isStale && isOpen(card));
    const asked = new Set([focus, ...listed().filter(isUnknown), ...open.map(({ id }) => id)]);
    /** @type {Question["runs"]} */
    const runs = {};
    for (const id of [...asked].slice(0, MAX_ASKED)) {
      const card = cards.get(id);
      if (!card || card.isStale) runs[id] = null;
      else if (isOpen(card)) runs[id] = [card.offset || 0, card.mark];
    }
    const isFollowed = !isPaused || needsView;
    return { runs, focus: isFollowed ? focus : "", view: needsView };
  }

  // Merge an answer. Returns whether it may move the curves, and whether more is to be asked at once. An answer about a
  // run that is no longer the chosen one still tells how that one stands; and what was asked before the view was paused
  // does not move it any more.
  /** @type {(answer: Answer, question: Question) => { movesCurves: boolean, isMore: boolean }} */
  function take({ cards: told, updates, gone }, question) {
    const numUnknown = countUnknown();
    for (const card of told) cards.set(card.id, card);
    for (const [id, update] of Object.entries(updates)) Object.assign(cards.get(id) ?? {}, update);
    if (gone.some(list.has)) list.remove(gone);
    const isLost = focus !== EXAMPLE && gone.includes(focus);
    if (isLost) {
      focus = list.read().pop() ?? EXAMPLE;
      needsView = true;
    }
    const numLeft = countUnknown();
    return {
      movesCurves: cards.has(focus) && question.focus === focus && (!isPaused || needsView),
      isMore: isLost || (numLeft > 0 && numLeft < numUnknown),
    };
  }

  /** @type {(id: string) => void} */
  function choose(id) {
    if (id === focus) return;
    focus = id;
    needsView = true;
    isPaused = false;
  }

  // After a pause the whole curve is asked for.
  /** @type {(wanted: boolean) => void} */
  function setPaused(wanted) {
    isPaused = wanted;
    needsView = needsView || !isPaused;
  }

  // What is known of a run stays until Python has told it anew.
  /** @type {(id: string) => void} */
  function outdate(id) {
    Object.assign(cards.get(id) ?? {}, { isStale: true });
  }

  // Ids of runs in the order in which they began.
  /** @type {(ids: string[]) => string[]} */
  function sortByAge(ids) {
    /** @type {(id: string) => number} */
    const age = (id) => cards.get(id)?.created || 0;
    return [...ids].sort((a, b) => age(a) - age(b));
  }

  return {
    listed,
    listCards,
    buildQuestion,
    take,
    choose,
    setPaused,
    outdate,
    sortByAge,
    find: (id) => cards.get(id),
    isAnyOpen: () => listCards().some(isOpen),
    isAnyTraining: () => listCards().some(isTraining),
    setNeedsView: (isNeeded) => {
      needsView = isNeeded;
    },
    get focus() {
      return focus;
    },
    get needsView() {
      return needsView;
    },
    get isPaused() {
      return isPaused;
    },
  };
}
