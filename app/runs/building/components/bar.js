// What stands above the rows: the network's name, what it begins with, undo and redo, and the link to it.
/** @import { GivenView } from "../payloads.js" */

import { findPart } from "../../../ui/components/nodes.js";
import { readEarlier } from "./keeping.js";

const [EMPTY, EARLIER] = ["empty", "earlier"]; // to begin with, beside given networks

// `begin` is called with a given network's name, "link:" and what was kept before a link, "" for an empty list, or null
// where nothing is chosen.
/** @type {(host: HTMLElement, given: { networks: GivenView[], begin: (what: string | null) => void, rename: (name: string) => void, undo: () => void, redo: () => void, copyLink: () => void }) => { fill: (name: string, can: { undo: boolean, redo: boolean }) => void, offerEarlier: () => void }} */
export function createBar(host, { networks, begin, rename, undo, redo, copyLink }) {
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const nameField = /** @type {HTMLInputElement} */ (find(".gb-build-name"));
  const choice = /** @type {HTMLSelectElement} */ (find(".gb-build-begin"));
  const [undoing, redoing] = ["undo", "redo"].map(
    (what) => /** @type {HTMLButtonElement} */ (find(`[data-do=${what}]`)),
  );
  for (const { name, title } of networks) choice.add(new Option(title, name));
  choice.add(new Option("An empty list", EMPTY));
  offerEarlier();

  function offerEarlier() {
    if (!readEarlier() || [...choice.options].some(({ value }) => value === EARLIER)) return;
    choice.add(new Option("What you had before the link", EARLIER));
  }

  undoing.addEventListener("click", undo);
  redoing.addEventListener("click", redo);
  find("[data-do=link]").addEventListener("click", copyLink);
  nameField.addEventListener("input", () => rename(nameField.value));
  // By a button: an arrow key on the list would take the next entry at once.
  find("[data-do=begin]").addEventListener("click", () => {
    const chosen = choice.value;
    choice.value = "";
    begin(!chosen ? null : chosen === EMPTY ? "" : chosen === EARLIER ? `link:${readEarlier()}` : chosen);
  });
  host.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || target === nameField || target.matches("textarea")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });

  /** @type {(name: string, can: { undo: boolean, redo: boolean }) => void} */
  function fill(name, can) {
    if (nameField.value !== name) nameField.value = name;
    undoing.disabled = !can.undo;
    redoing.disabled = !can.redo;
  }

  return { fill, offerEarlier };
}
