// The chosen run: its heading, how far it has come, and what can be done with it.

import { setText } from "../../ui/components/nodes.js";
import { chooseActions } from "./run_actions.js";
import { addressCheckpoint } from "./run_files.js";
import { describeRun, isGoing } from "./run_status.js";
import { createTrainOn } from "./train_on.js";

// `root` is a .gb-runs-focus. The owner does what is asked for: onAct(action), onRename(name), onFile(file), onPause(),
// onLeave(), onTrainOn(settings).
export function createChosenRun(root, { onAct, onRename, onFile, onPause, onLeave, onTrainOn }) {
  const heading = root.querySelector("h3");
  const form = root.querySelector(".gb-runs-title form");
  const field = form.querySelector("input");
  const progress = root.querySelector("progress");
  const error = root.querySelector(".gb-runs-error");
  const link = root.querySelector(".gb-runs-link");
  const spoken = root.querySelector(".gb-runs-spoken");
  const checkpoint = root.querySelector('a[data-file="checkpoint"]');
  const trainOn = createTrainOn(root.querySelector(".gb-runs-on"), {
    onStart: onTrainOn,
    onClose: () => button("train-on").focus(),
  });
  const button = (name) => root.querySelector(`button[data-act="${name}"], button[data-do="${name}"]`);

  let card = null;
  let ownerKey = ""; // of that run, where this browser has it
  let said = ""; // what was spoken last of this run

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
    setText(root.querySelector(".gb-runs-settings"), card.settings);
    setText(root.querySelector(".gb-runs-details"), card.details || "");
    const isMoving = isGoing(card) && !card.share; // a bar without a value moves by itself
    if (isMoving) progress.removeAttribute("value");
    else if (progress.getAttribute("value") !== String(card.share)) progress.setAttribute("value", card.share);
    showActions(rights);
    speak(isOther);
  }

  function showActions(rights) {
    const actions = chooseActions(card, rights);
    for (const [name, isHidden] of Object.entries(actions.isHidden)) button(name).hidden = isHidden;
    root.querySelector(".gb-runs-whose").hidden = rights.isOwned;
    button("link").title = actions.linkTitle;
    button("delete").disabled = actions.mustStop;
    button("delete").title = actions.deleteTitle;
    setText(button("pause"), actions.pauseText);
    button("pause").setAttribute("aria-pressed", rights.isPaused);
    for (const file of ["svg", "png"]) root.querySelector(`button[data-file="${file}"]`).hidden = !actions.hasFigure;
    checkpoint.hidden = !card.checkpoint;
    if (checkpoint.dataset.path === card.checkpoint) return;
    checkpoint.href = addressCheckpoint(card.checkpoint);
    checkpoint.dataset.path = card.checkpoint;
  }

  // Politely, and not with every update: the state when it changes, and every whole epoch.
  function speak(isOther) {
    const words = describeRun(card, [card.label]);
    if (words === said) return;
    if (!isOther) setText(spoken, words);
    said = words;
  }

  function tellError(text) {
    setText(error, text);
  }

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

  async function showCopy(label, text) {
    const input = link.querySelector("input");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      link.hidden = true; // the page shows the text in a dialog, to be copied by hand (see clipboard.js)
      return;
    }
    link.hidden = false;
    setText(link.querySelector("label span"), label);
    input.value = text;
    input.select();
    setText(link.querySelector('[role="status"]'), "Copied.");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    closeForm();
    button("rename").focus();
    onRename(field.value);
  });
  form.querySelector('button[type="button"]').addEventListener("click", () => {
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
  for (const each of root.querySelectorAll("button[data-act]"))
    each.addEventListener("click", () => onAct(each.dataset.act));
  for (const each of root.querySelectorAll("button[data-file]"))
    each.addEventListener("click", () => onFile(each.dataset.file));
  return { show, tellError, setBusy };
}
