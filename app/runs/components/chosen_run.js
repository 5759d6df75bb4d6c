// The chosen run: its heading, how far it has come, and what can be done with it.

/** @import { KnownCard, Rights } from "./types.js" */
/**
 * @typedef {object} Does what the owner does when it is asked for
 * @property {(action: string) => void} onAct
 * @property {(name: string) => void} onRename
 * @property {(file: string) => void} onFile
 * @property {() => void} onPause
 * @property {() => void} onLeave
 * @property {(settings: { epochs: string, learning_rate: string }) => Promise<string>} onTrainOn
 */

import { findPart, setText } from "../../ui/components/nodes.js";
import { chooseActions } from "./run_actions.js";
import { addressCheckpoint } from "./run_files.js";
import { describeRun, isGoing } from "./run_status.js";
import { createTrainOn } from "./train_on.js";

// `root` is a .gb-runs-focus.
/** @type {(root: HTMLElement, does: Does) => { show: (card: KnownCard, rights: Rights) => void, tellError: (text: string) => void, setBusy: (isBusy: boolean) => void }} */
export function createChosenRun(root, { onAct, onRename, onFile, onPause, onLeave, onTrainOn }) {
  const heading = findPart(root, "h3");
  const form = findPart(root, ".gb-runs-title form");
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const progress = findPart(root, "progress");
  const error = findPart(root, ".gb-runs-error");
  const link = findPart(root, ".gb-runs-link");
  const spoken = findPart(root, ".gb-runs-spoken");
  const checkpoint = /** @type {HTMLAnchorElement} */ (root.querySelector('a[data-file="checkpoint"]'));
  const trainOn = createTrainOn(findPart(root, ".gb-runs-on"), {
    onStart: onTrainOn,
    onClose: () => button("train-on").focus(),
  });
  /** @type {(name: string) => HTMLButtonElement} */
  const button = (name) =>
    /** @type {HTMLButtonElement} */ (root.querySelector(`button[data-act="${name}"], button[data-do="${name}"]`));

  /** @type {KnownCard} */
  let card; // none before the first run
  let ownerKey = ""; // of that run, where this browser has it
  let said = ""; // what was spoken last of this run

  /** @type {(newCard: KnownCard, rights: Rights) => void} */
  function show(newCard, rights) {
    const isOther = card?.id !== newCard.id;
    card = newCard;
    ownerKey = rights.key;
    if (isOther) {
      closeForm();
      link.hidden = true;
      trainOn.hide();
      tellError("");
    }
    root.dataset.status = card.status;
    root.dataset.run = card.id;
    setText(heading, card.name ? `${card.name}: ${card.title}` : card.title);
    setText(findPart(root, ".gb-runs-settings"), card.settings);
    setText(findPart(root, ".gb-runs-details"), card.details || "");
    const isMoving = isGoing(card) && !card.share; // a bar without a value moves by itself
    if (isMoving) progress.removeAttribute("value");
    else if (progress.getAttribute("value") !== String(card.share)) progress.setAttribute("value", `${card.share}`);
    showActions(rights);
    speak(isOther);
  }

  /** @type {(rights: Rights) => void} */
  function showActions(rights) {
    const actions = chooseActions(card, rights);
    for (const [name, isHidden] of Object.entries(actions.isHidden)) button(name).hidden = isHidden;
    findPart(root, ".gb-runs-whose").hidden = rights.isOwned;
    button("link").title = actions.linkTitle;
    button("delete").disabled = actions.mustStop;
    button("delete").title = actions.deleteTitle;
    setText(button("pause"), actions.pauseText);
    button("pause").setAttribute("aria-pressed", `${rights.isPaused}`);
    for (const file of ["svg", "png"]) findPart(root, `button[data-file="${file}"]`).hidden = !actions.hasFigure;
    checkpoint.hidden = !card.checkpoint;
    if (checkpoint.dataset.path === card.checkpoint) return;
    checkpoint.href = addressCheckpoint(card.checkpoint);
    checkpoint.dataset.path = card.checkpoint;
  }

  // Politely, and not with every update: the state when it changes, and every whole epoch.
  /** @type {(isOther: boolean) => void} */
  function speak(isOther) {
    const words = describeRun(card, [card.label]);
    if (words === said) return;
    if (!isOther) setText(spoken, words);
    said = words;
  }

  /** @type {(text: string) => void} */
  function tellError(text) {
    setText(error, text);
  }

  /** @type {(isBusy: boolean) => void} */
  function setBusy(isBusy) {
    for (const each of root.querySelectorAll("button[data-act]")) each.classList.toggle("is-busy", isBusy);
  }

  function closeForm() {
    form.hidden = true;
    heading.hidden = false;
  }

  function openForm() {
    form.hidden = false;
    heading.hidden = true;
    field.value = card.name;
    field.placeholder = card.title;
    field.focus();
    field.select();
  }

  function showLink() {
    return showCopy("Link to this run", `${location.origin}${location.pathname}?tab=runs&run=${card.id}`);
  }

  // Never in the link, which is to be shared.
  function showKey() {
    return showCopy("Owner\u2019s key", ownerKey);
  }

  /** @type {(label: string, text: string) => Promise<void>} */
  async function showCopy(label, text) {
    const input = /** @type {HTMLInputElement} */ (link.querySelector("input"));
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      link.hidden = true; // the page shows the text in a dialog, to be copied by hand (see clipboard.js)
      return;
    }
    link.hidden = false;
    setText(findPart(link, "label span"), label);
    input.value = text;
    input.select();
    setText(findPart(link, '[role="status"]'), "Copied.");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    closeForm();
    button("rename").focus();
    onRename(field.value);
  });
  findPart(form, 'button[type="button"]').addEventListener("click", () => {
    closeForm();
    button("rename").focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeForm();
    button("rename").focus();
  });
  button("rename").addEventListener("click", openForm);
  button("link").addEventListener("click", showLink);
  button("key").addEventListener("click", showKey);
  button("leave").addEventListener("click", onLeave);
  button("pause").addEventListener("click", onPause);
  button("train-on").addEventListener("click", () => trainOn.open(card));
  /** @type {NodeListOf<HTMLElement>} */
  const others = root.querySelectorAll("button[data-act], button[data-file]");
  for (const each of others) {
    const { act, file } = each.dataset;
    each.addEventListener("click", () => (act ? onAct(act) : onFile(file ?? "")));
  }
  return { show, tellError, setBusy };
}
