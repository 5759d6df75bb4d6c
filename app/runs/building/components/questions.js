// What Python is asked: about the list as it is, or about a text or a beginning that comes in its place. What is done
// while such a one is on its way is done to what comes of it.
/** @import { Network, Question } from "./types.js" */

import { createAsker, readAnswer } from "../../../ui/components/asking.js";
import { writeLayers } from "./layer_list.js";

/** @type {(question: Question) => boolean} */
export const isReplacing = ({ text, begin }) => text !== undefined || begin !== undefined;

// `examine` asks Python, `read` returns the list as it is, `readForm` how its text is written, `take` gets the answer.
/** @type {(given: { examine: (sent: object) => Promise<string>, isOver: () => boolean, read: () => Network, readForm: () => string, take: (question: Question, answer: any) => void }) => { ask: () => void, replace: (what: Omit<Question, "of">) => void, drop: () => void, afterwards: (action: () => void) => void, isUnderWay: () => boolean }} */
export function createQuestions({ examine, isOver, read, readForm, take }) {
  /** @type {Question | null} */
  let replacing = null; // on its way
  /** @type {(() => void)[]} */
  let waiting = []; // what was done meanwhile

  const askPython = createAsker(send, ({ question, text }) =>
    takeAnswer(question, readAnswer(/** @type {string | undefined} */ (text))),
  );

  /** @type {(question: Question) => Promise<{ question: Question, text?: string }>} */
  async function send(question) {
    try {
      const { name, layers } = question.of;
      const text = await question.text;
      const sent = question.begin
        ? { begin: question.begin }
        : text === undefined
          ? { name, layers: writeLayers(layers) }
          : { name, text };
      return { question, text: await examine({ ...sent, form: readForm() }) };
    } catch {
      return { question }; // as one that does not answer, or what waits would wait for ever
    }
  }

  // An answer about what is no longer there is dropped: a newer one is on its way.
  /** @type {(question: Question, answer: any) => void} */
  function takeAnswer(question, answer) {
    if (isOver() || (isReplacing(question) ? question !== replacing : question.of !== read())) return;
    if (isReplacing(question)) replacing = null;
    take(question, answer);
    if (!isReplacing(question)) return;
    const actions = waiting;
    waiting = [];
    for (const action of actions) action();
  }

  return {
    ask: () => askPython({ of: read() }),
    replace(what) {
      replacing = { of: read(), ...what };
      askPython(replacing);
    },
    drop() {
      [replacing, waiting] = [null, []];
    },
    afterwards(action) {
      if (replacing) waiting.push(action);
      else action();
    },
    isUnderWay: () => replacing !== null,
  };
}
