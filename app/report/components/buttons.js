// The report's buttons.

import { addNode } from "../../ui/components/nodes.js";

// The second click of a double click is none: by then another card may stand there.
/** @type {(place: HTMLElement, text: string, act: () => unknown) => HTMLButtonElement} */
export function addButton(place, text, act) {
  const button = /** @type {HTMLButtonElement} */ (addNode(place, "button", "", text));
  button.type = "button";
  button.addEventListener("click", (event) => {
    if (event.detail < 2) act();
  });
  return button;
}
