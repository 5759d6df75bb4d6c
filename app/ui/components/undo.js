// States that can be undone and redone.
/** @import { Undo } from "./types.js" */

const MAX_STATES = 200;

/** @type {<State>(first: State) => Undo<State>} */
export function createUndo(first) {
  let states = [first];
  let at = 0;
  let lastWhat = "";

  // One change after the other of the same thing, such as the letters of a number, is one step: `what` names the thing.
  /** @type {(state: typeof first, what?: string) => void} */
  function push(state, what = "") {
    const isSame = what !== "" && what === lastWhat && at > 0 && at === states.length - 1;
    states = [...states.slice(0, isSame ? at : at + 1), state].slice(-MAX_STATES);
    at = states.length - 1;
    lastWhat = what;
  }

  /** @type {(by: number) => boolean} */
  function go(by) {
    if (!(at + by in states)) return false;
    at += by;
    lastWhat = "";
    return true;
  }

  return {
    read: () => states[at],
    push,
    undo: () => go(-1),
    redo: () => go(1),
    canUndo: () => at > 0,
    canRedo: () => at < states.length - 1,
  };
}
