// Asks Python how a unit comes to its number where someone points, and writes it out.
/** @import { PlaneSum } from "../payloads.js" */
/** @import { Wanted } from "./types.js" */

import { createAsker } from "../../../ui/components/asking.js";
import { setText } from "../../../ui/components/nodes.js";
import { writeSum } from "./unit_sum.js";

// `ask` sends the question and returns Python's text, `name` says in words of which unit and place.
/** @type {(line: HTMLElement, how: { ask: (about: Wanted) => Promise<unknown>, name: (about: Wanted) => string, hint: string }) => { want: (about: Wanted) => void, again: () => void, forget: () => void, say: (text: string, isWrong?: boolean) => void }} */
export function createExplaining(line, { ask, name, hint }) {
  /** @type {Wanted | null} */
  let wanted = null;

  const askInTurn = createAsker(
    async (/** @type {Wanted} */ about) => ({ about, text: await ask(about) }),
    ({ about, text }) => {
      if (wanted !== about || typeof text !== "string") return;
      const sum = /** @type {PlaneSum & { error?: string }} */ (JSON.parse(text));
      line.classList.remove("is-wrong");
      if (sum.error) setText(line, sum.error);
      else if (sum.names) writeSum(line, name(about), sum);
    },
  );

  /** @type {(about: Wanted) => void} */
  function want(about) {
    wanted = about;
    askInTurn(about);
  }

  /** @type {(text: string, isWrong?: boolean) => void} */
  function say(text, isWrong = false) {
    line.classList.toggle("is-wrong", isWrong);
    setText(line, text);
  }

  say(hint);
  return {
    want,
    again: () => wanted && want({ ...wanted }), // at another moment
    forget: () => {
      wanted = null;
    },
    say,
  };
}
