// The pad's drawing, for a section below it: taken when it rests, and asked about while the section is seen.
/** @import { FollowedDrawing, OnPad, Question } from "./types.js" */

import { createAsker, readAnswer } from "../../ui/components/asking.js";
import { watchLifetime } from "../../ui/components/lifetime.js";

// `askAbout` is called with each new drawing, { drawing, checkpoint, brush }, once the section is seen, which is busy until
// its script has an answer. It begins with `take`.
/** @type {(host: HTMLElement, askAbout: (onPad: OnPad) => void) => FollowedDrawing} */
export function followDrawing(host, askAbout) {
  const { listen } = watchLifetime(host);
  /** @type {string | null} */
  let latestKey = null; // the drawing, the checkpoint and the brush, as text
  let serial = 0; // counts drawings
  let isStale = false; // the drawing has changed while the section was closed
  /** @type {OnPad} */
  let onPad = { drawing: { strokes: [] }, checkpoint: "", brush: null };

  function take() {
    const { drawing = { strokes: [] }, checkpoint = "", brush = null } = window.glassboxDrawing ?? {};
    const key = JSON.stringify([drawing, checkpoint, brush]);
    if (key === latestKey) return;
    latestKey = key;
    onPad = { drawing, checkpoint, brush };
    serial += 1;
    isStale = true;
    askIfSeen();
  }

  function askIfSeen() {
    if (!isStale || host.offsetParent === null) return;
    isStale = false;
    host.setAttribute("aria-busy", "true"); // until the section's script takes the answer
    askAbout(onPad);
  }

  // A question about the drawing: call it with what else is asked. An answer to an earlier drawing is let go.
  /** @type {FollowedDrawing["createQuestion"]} */
  function createQuestion(ask, takeAnswer) {
    /** @param {Question} asked */
    const send = async (asked) => ({ asked, answer: readAnswer(await ask(asked)) });
    const askLatest = createAsker(send, ({ asked, answer }) => {
      if (asked.serial === serial) takeAnswer(answer, asked);
    });
    return (more = {}) => askLatest({ ...onPad, ...more, serial });
  }

  listen(document, "glassbox-drawing", take);
  return { take, askIfSeen, createQuestion, serial: () => serial };
}
