// Python is asked how the runs stand, one question at a time. While one of them trains, what is new comes by itself until
// the question changes; while one waits in the queue, Python is asked now and then; and not at all once all have ended or
// nobody can see them.
/** @import { Answer, KnownRuns, Question } from "./types.js" */

const NOW_AND_THEN_MS = 2000;
const STREAM = "glassbox/runs"; // below the page's own address, whatever path and scheme a proxy gives it

// `known` are the known runs, of which this reads only. look(question) asks Python and promises a JSON text.
// take(answer, question, numBytes) returns whether Python is to be asked again at once, tellUnreachable() says that it did
// not answer, isSeen() whether somebody can see the runs.
/** @type {(known: KnownRuns, how: { look: (question: Question) => Promise<unknown>, take: (answer: Answer, question: Question, numBytes: number) => boolean, tellUnreachable: () => void, isSeen: () => boolean }) => { ask: () => Promise<void>, pause: () => void, end: () => void }} */
export function createWatch(known, { look, take, tellUnreachable, isSeen }) {
  let isAsking = false;
  let mustAskAgain = false;
  let isEnded = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {EventSource | null} */
  let stream = null; // of news, while there is one

  /** @type {() => Promise<void>} */
  async function ask() {
    pause();
    if (isAsking) {
      mustAskAgain = true;
      return;
    }
    if (!known.focus || isEnded) return;
    isAsking = true;
    const question = known.buildQuestion();
    let text;
    try {
      text = await look(question);
    } catch {
      // It is told below.
    }
    isAsking = false;
    if (isEnded) return;
    if (typeof text !== "string") tellUnreachable();
    else if (take(JSON.parse(text), question, text.length)) mustAskAgain = true;
    if (mustAskAgain) {
      mustAskAgain = false;
      return ask();
    }
    goOn(typeof text === "string");
  }

  /** @type {(isReached: boolean) => void} */
  function goOn(isReached) {
    if (isEnded || !isSeen()) return; // asked again once it is seen
    if (known.isAnyTraining() && isReached && !known.isPaused) listen();
    if (!isReached || known.isAnyOpen()) timer = setTimeout(ask, NOW_AND_THEN_MS);
  }

  // Where no news comes through, as behind a proxy that holds it back, the timer asks all the same.
  function listen() {
    const question = known.buildQuestion();
    const current = new EventSource(`${STREAM}?question=${encodeURIComponent(JSON.stringify(question))}`);
    stream = current;
    stream.onmessage = ({ data }) => {
      if (stream !== current) return;
      clearTimeout(timer);
      timer = setTimeout(ask, NOW_AND_THEN_MS);
      const answer = JSON.parse(data);
      const isMore = take(answer, question, data.length);
      if (isMore || known.needsView || answer.error || answer.view || answer.cards.length || answer.gone.length) ask();
    };
    stream.onerror = () => current.close();
  }

  // Until it is asked again.
  function pause() {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  }

  function end() {
    isEnded = true;
    pause();
  }

  return { ask, pause, end };
}
