// What can be done with a run: which of its buttons are there, and what they say.
/** @import { RunCard } from "../payloads.js" */
/** @import { Rights } from "./types.js" */

import { EXAMPLE, isGoing, isLive } from "./run_status.js";

// `key` is the owner's key where this browser has it; `isOwned` says whether the run may be changed from here.
/** @type {(card: RunCard, rights: Rights) => { isHidden: Record<string, boolean>, mustStop: boolean, deleteTitle: string, linkTitle: string, pauseText: string, hasFigure: boolean }} */
export function chooseActions(card, { isPaused, key, isOwned }) {
  const live = isGoing(card);
  const isExample = card.id === EXAMPLE;
  const isWaiting = card.status === "waiting";
  const isFollowed = isLive(card.status) && !isWaiting;
  const mustStop = live && !isWaiting; // before it can be deleted
  return {
    isHidden: {
      stop: !live || !isOwned,
      keep: !isFollowed || !isOwned,
      pause: !isFollowed,
      resume: !card.can_resume || !isOwned,
      "train-on": !card.can_train_on,
      rename: isExample || !isOwned,
      link: isExample,
      key: !key,
      delete: isExample || !isOwned,
      leave: isOwned,
    },
    mustStop,
    deleteTitle: mustStop ? "Stop it first" : "It can be undone for ten seconds",
    linkTitle: card.has_owner
      ? "Whoever has the link can look at this run, compare and download it"
      : "Whoever has the link sees this run and can change it",
    pauseText: isPaused ? "Go on" : "Pause the view",
    hasFigure: Boolean(card.num_steps),
  };
}
