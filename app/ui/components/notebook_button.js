// A button that asks Python for a notebook of what is shown, and saves it.
/** @import { Mounted } from "./types.js" */

import { findPart, setText } from "./nodes.js";
import { saveFile } from "./saving.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, watch }) {
  const status = findPart(element, '[role="status"]');
  let asked = 0;

  findPart(element, "button").addEventListener("click", () => {
    asked += 1;
    setText(status, "");
    props.value = { asked };
    trigger("click");
  });

  watch("value", () => {
    if (typeof props.value !== "string" || !props.value) return;
    const answer = JSON.parse(props.value);
    if (answer.answered !== asked) return; // another was asked for since
    if (answer.error) setText(status, answer.error);
    else saveFile(answer.name, "application/x-ipynb+json", answer.content);
  });
}
