// A notice shows one entry of the player's answers.
/** @import { Mounted } from "./types.js" */

import { createChannel } from "./answers.js";
import { findPart } from "./nodes.js";
import { areLocked } from "./solutions.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, keptProps }) {
  const notice = findPart(element, ".gb-notice");

  /** @type {(text: string) => void} */
  function showText(text) {
    notice.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    // A teacher's link leaves out what an exercise asks.
    const parts = text.split("||").filter((_, index) => index % 2 === 0 || !areLocked());
    parts
      .join("")
      .split("**")
      .forEach((part, index) => {
        const piece = document.createElement(index % 2 ? "b" : "span");
        piece.textContent = part;
        line.appendChild(piece);
      });
    notice.appendChild(line);
  }

  showText(keptProps.text);
  createChannel(keptProps.channel).listen(notice, (answer) => {
    if (keptProps.field in answer) showText(answer[keptProps.field]);
    notice.classList.toggle("gb-missing", Boolean(answer.is_missing));
  });
}
