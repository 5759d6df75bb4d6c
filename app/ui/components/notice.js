// A notice shows one entry of the player's answers.

import { createChannel } from "./answers.js";

export function mount({ element, keptProps }) {
  const notice = element.querySelector(".gb-notice");

  function showText(text) {
    notice.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    text.split("**").forEach((part, index) => {
      const piece = document.createElement(index % 2 ? "b" : "span");
      piece.textContent = part;
      line.appendChild(piece);
    });
    notice.appendChild(line);
  }

  showText(keptProps.text);
  createChannel(keptProps.channel).listen(notice, (answer) => {
    if (keptProps.field in answer) showText(answer[keptProps.field]);
  });
}
