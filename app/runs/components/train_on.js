// The form that trains the chosen run's weights on, as a new run.

/** @import { KnownCard } from "./types.js" */
/** @typedef {{ epochs: string, learning_rate: string }} Settings */

import { findPart, setText } from "../../ui/components/nodes.js";

// `form` is a .gb-runs-on. onStart({ epochs, learning_rate }) starts the run and returns what is wrong, "" for nothing.
// onClose() is called when the form closes.
/** @type {(form: HTMLElement, does: { onStart: (settings: Settings) => Promise<string>, onClose: () => void }) => { open: (card: KnownCard) => void, hide: () => void }} */
export function createTrainOn(form, { onStart, onClose }) {
  const [epochs, rate] = form.querySelectorAll("input");
  const start = /** @type {HTMLButtonElement} */ (form.querySelector('button[type="submit"]'));
  const error = findPart(form, '[role="alert"]');

  /** @type {(card: KnownCard) => void} */
  function open(card) {
    epochs.value = `${card.epochs}`;
    rate.value = `${card.learning_rate}`;
    setText(error, "");
    form.hidden = false;
    epochs.focus();
    epochs.select();
  }

  function close() {
    if (form.hidden) return;
    form.hidden = true;
    onClose();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    start.disabled = true;
    const mistake = await onStart({ epochs: epochs.value, learning_rate: rate.value });
    start.disabled = false;
    setText(error, mistake);
    if (mistake) return;
    form.hidden = true; // the new run's card may have hidden it already
    onClose();
  });
  findPart(form, 'button[type="button"]').addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  return {
    open,
    hide: () => {
      form.hidden = true;
    },
  };
}
