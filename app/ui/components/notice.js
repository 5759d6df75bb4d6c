// A notice shows one entry of the player's answers.
/** @import { Mounted } from "./types.js" */

import { createChannel } from "./answers.js";
import { findPart } from "./nodes.js";
import { fillBold } from "./sentences.js";
import { areLocked } from "./solutions.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, keptProps }) {
  const notice = findPart(element, ".gb-notice");

  /** @type {(text: string) => void} */
  function showText(text) {
    notice.replaceChildren();
    if (!text) return;
    // A teacher's link leaves out what an exercise asks.
    const parts = text.split("||").filter((_, index) => index % 2 === 0 || !areLocked());
    fillBold(notice.appendChild(document.createElement("p")), parts.join(""));
  }

  showText(keptProps.text);
  createChannel(keptProps.channel).listen(notice, (answer) => {
    if (keptProps.field in answer) showText(answer[keptProps.field]);
    notice.classList.toggle("gb-missing", Boolean(answer.is_missing));
  });
}
