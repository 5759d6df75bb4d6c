// One answer of Python's for several components. Gradio's page spends ten milliseconds an event on every component that
// Python updates, so Python answers the player alone, and the player hands the answer to the others.
/** @import { Answer, Section } from "./types.js" */

// The page keeps them under their names, for whatever Python runs there.
const sectionsOf = (/** @type {any} */ host) => /** @type {Record<string, Section>} */ (host);

// One channel a section of the page: the descent's, where a component's own props name no other.
export function createChannel(name = "glassboxDescent") {
  /** @type {Section} */
  const page = (sectionsOf(window)[name] ??= { answer: null, moved: {} });

  /** @type {(answer: Answer) => void} */
  function broadcast(answer) {
    page.answer = answer;
    for (const [field, value] of Object.entries(answer.moved || {})) {
      if (value === null) delete page.moved[field];
      else page.moved[field] = value;
    }
    document.dispatchEvent(new CustomEvent(`${name}-answer`));
  }

  // Call `take` with every answer from now on, and with the last one that came before this component was there.
  /** @type {(host: Node, take: (answer: Answer) => void) => void} */
  function listen(host, take) {
    const onAnswer = () => {
      if (!host.isConnected) document.removeEventListener(`${name}-answer`, onAnswer);
      else if (page.answer) take(page.answer);
    };
    document.addEventListener(`${name}-answer`, onAnswer);
    if (page.answer) onAnswer();
  }

  // What was moved by hand travels with every message: its field follows only once the cursor rests.
  /** @type {<Message extends object>(message: Message) => Message & { moved: Record<string, unknown> }} */
  function withMoved(message) {
    return { ...message, moved: { ...page.moved } };
  }

  return { page, broadcast, listen, withMoved };
}

// Say an answer's errors each at its field, whose block has the class `prefix` and the field's name. Returns the answer
// with those in `error` for which no field is in sight.
/** @type {(answer: Answer, prefix: string) => Answer} */
export function tellErrors(answer, prefix) {
  if (!answer.errors) return answer;
  const unsaid = window.glassboxFields
    ? window.glassboxFields.tellErrors(answer.errors, prefix)
    : Object.values(answer.errors);
  return { ...answer, error: [answer.error, ...unsaid].filter(Boolean).join(" ") };
}
