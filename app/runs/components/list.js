// The list of runs: one row a run, with a tick for the comparison and a button that chooses it.

/** @import { KnownCard } from "./types.js" */
/** @typedef {{ row: HTMLElement, box: HTMLInputElement, swatch: HTMLElement, open: HTMLElement, said: Record<string, HTMLElement>, text: HTMLElement, bar: HTMLElement }} Row */

import { addNode, setText } from "../../ui/components/nodes.js";
import { buildSwatch } from "../../ui/components/series.js";
import { describeRun, isLive } from "./run_status.js";
import { findSlot, keepTickable, tick } from "./ticks.js";

// `list` is a <ul>. onChoose(id) is called for a press on a row, onTick(ids) when others are ticked.
/** @type {(list: HTMLElement, does: { onChoose: (id: string) => void, onTick: (ids: string[]) => void }) => { show: (cards: KnownCard[], focus: string) => void, setTicked: (ids: string[]) => void, reveal: (id: string) => void }} */
export function createRunList(list, { onChoose, onTick }) {
  /** @type {Map<string, Row>} */
  const rows = new Map(); // a run's id -> its row's parts
  /** @type {string[]} */
  let ticked = [];

  /** @type {(id: string) => Row} */
  function buildRow(id) {
    const row = document.createElement("li");
    const label = row.appendChild(document.createElement("label"));
    const box = label.appendChild(document.createElement("input"));
    const swatch = label.appendChild(document.createElement("span"));
    const open = row.appendChild(document.createElement("button"));
    row.dataset.run = id;
    box.type = "checkbox";
    open.type = "button";
    /** @type {Record<string, HTMLElement>} */
    const said = {};
    for (const name of ["name", "about", "state", "validation", "test", "duration"]) {
      said[name] = addNode(open, "span", `is-${name}`);
    }
    const [text, bar] = [addNode(said.state, "span"), addNode(said.state, "i")];
    box.addEventListener("change", () => setTicked(tick(ticked, id, box.checked)));
    open.addEventListener("click", () => onChoose(id));
    return { row, box, swatch, open, said, text, bar };
  }

  /** @type {(ids: string[]) => void} */
  function setTicked(ids) {
    ticked = keepTickable(ids, (id) => rows.has(id));
    showTicks();
    onTick(ticked);
  }

  function showTicks() {
    for (const [id, { box, swatch }] of rows) {
      const { slot, isFull } = findSlot(ticked, id);
      box.checked = slot >= 0;
      box.disabled = isFull;
      box.title = box.disabled ? "At most eight runs can be compared" : "Compare this run";
      if (swatch.dataset.slot !== String(slot)) swatch.replaceChildren(...(slot < 0 ? [] : [buildSwatch(slot)]));
      swatch.dataset.slot = `${slot}`;
    }
  }

  // The cards in the order in which they stand, and which of them is chosen.
  /** @type {(cards: KnownCard[], focus: string) => void} */
  function show(cards, focus) {
    const ids = cards.map((card) => card.id);
    for (const [id, { row }] of rows) {
      if (ids.includes(id)) continue;
      row.remove();
      rows.delete(id);
    }
    cards.forEach((card, place) => {
      const parts = rows.get(card.id) ?? buildRow(card.id);
      rows.set(card.id, parts);
      if (list.children[place] !== parts.row) list.insertBefore(parts.row, list.children[place] || null);
      fill(parts, card, card.id === focus);
    });
    if (ticked.some((id) => !rows.has(id))) setTicked(ticked);
    else showTicks();
  }

  /** @type {(parts: Row, card: KnownCard, isChosen: boolean) => void} */
  function fill({ row, open, bar, box, said, text }, card, isChosen) {
    setText(said.name, card.label);
    setText(said.about, card.about);
    setText(text, card.text);
    for (const name of /** @type {const} */ (["validation", "test", "duration"]))
      setText(said[name], card[name] || "\u2013");
    const words = describeRun(card, [card.label, card.about]);
    if (open.getAttribute("aria-label") !== words) open.setAttribute("aria-label", words);
    row.dataset.status = card.status;
    row.classList.toggle("is-chosen", isChosen);
    if (isChosen) open.setAttribute("aria-current", "true");
    else open.removeAttribute("aria-current");
    bar.hidden = !isLive(card.status);
    bar.style.setProperty("--share", `${card.share}`);
    box.setAttribute("aria-label", `Compare ${card.label}, ${card.about}`);
  }

  /** @type {(id: string) => void} */
  function reveal(id) {
    const row = rows.get(id)?.row;
    // Within the list alone: scrollIntoView would move the page too.
    if (!row) return;
    if (row.offsetTop < list.scrollTop) list.scrollTop = row.offsetTop;
    const over = row.offsetTop + row.offsetHeight - list.scrollTop - list.clientHeight;
    if (over > 0) list.scrollTop += over;
  }

  return { show, setTicked, reveal };
}
