// Questions to Python, past Gradio's events: one under way at most, and of those that come meanwhile only the latest.

// `ask` sends values and returns a promise of the answer, `take` gets it: a text, or undefined where the server could not
// be reached. Returns the function to call with new values.
/** @type {<Values, Text>(ask: (values: Values) => Promise<Text>, take: (answer: Text) => void) => (values: Values) => Promise<void>} */
export function createAsker(ask, take) {
  let latest = null;
  let isAsking = false;
  return async (values) => {
    latest = values;
    if (isAsking) return;
    isAsking = true;
    try {
      while (latest) {
        const sent = latest;
        latest = null;
        take(await ask(sent));
      }
    } finally {
      isAsking = false; // also after an answer that could not be shown
    }
  };
}

// What Python answered, or the one mistake that is known without it.
/** @type {(text: any) => any} */
export function readAnswer(text) {
  return text === undefined ? { error: "Glassbox does not answer. Is it still running?" } : JSON.parse(text);
}

// What a component was to ask before it was shown.
/** @type {(page: import("./types.js").Section) => void} */
export function askAwaited(page) {
  const { ask, awaited } = /** @type {{ ask: (values: unknown) => void, awaited?: unknown }} */ (
    /** @type {unknown} */ (page)
  );
  delete page.awaited;
  if (awaited) ask(awaited);
}
