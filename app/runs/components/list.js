// The list of runs: one row a run, with a tick for the comparison and a button that chooses it.

import { setText } from "../../ui/components/nodes.js";
import { buildSwatch } from "../../ui/components/series.js";
import { describeRun, isLive } from "./run_status.js";
import { findSlot, keepTickable, tick } from "./ticks.js";

// `list` is a <ul>. onChoose(id) is called for a press on a row, onTick(ids) when others are ticked.
export function createRunList(list, { onChoose, onTick }) {
  const rows = new Map(); // a run's id -> its row's parts
  let ticked = [];

  function buildRow(id) {
    const row = document.createElement("li");
    const label = row.appendChild(document.createElement("label"));
    const box = label.appendChild(document.createElement("input"));
    const swatch = label.appendChild(document.createElement("span"));
    const open = row.appendChild(document.createElement("button"));
    const parts = { row, box, swatch, open };
    row.dataset.run = id;
    box.type = "checkbox";
    open.type = "button";
    for (const name of ["name", "about", "state", "validation", "test", "duration"]) {
      parts[name] = open.appendChild(document.createElement("span"));
      parts[name].className = `is-${name}`;
    }
    parts.text = parts.state.appendChild(document.createElement("span"));
    parts.bar = parts.state.appendChild(document.createElement("i"));
    box.addEventListener("change", () => setTicked(tick(ticked, id, box.checked)));
    open.addEventListener("click", () => onChoose(id));
    return parts;
  }

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
      swatch.dataset.slot = slot;
    }
  }

  // The cards in the order in which they stand, and which of them is chosen.
  function show(cards, focus) {
    const ids = cards.map((card) => card.id);
    for (const [id, { row }] of rows) {
      if (ids.includes(id)) continue;
      row.remove();
      rows.delete(id);
    }
    cards.forEach((card, place) => {
      if (!rows.has(card.id)) rows.set(card.id, buildRow(card.id));
      const parts = rows.get(card.id);
      if (list.children[place] !== parts.row) list.insertBefore(parts.row, list.children[place] || null);
      fill(parts, card, card.id === focus);
    });
    if (ticked.some((id) => !rows.has(id))) setTicked(ticked);
    else showTicks();
  }

  function fill(parts, card, isChosen) {
    const { row, open, bar, box } = parts;
    setText(parts.name, card.label);
    setText(parts.about, card.about);
    setText(parts.text, card.text);
    for (const name of ["validation", "test", "duration"]) setText(parts[name], card[name] || "\u2013");
    const words = describeRun(card, [card.label, card.about]);
    if (open.getAttribute("aria-label") !== words) open.setAttribute("aria-label", words);
    row.dataset.status = card.status;
    row.classList.toggle("is-chosen", isChosen);
    if (isChosen) open.setAttribute("aria-current", "true");
    else open.removeAttribute("aria-current");
    bar.hidden = !isLive(card.status);
    bar.style.setProperty("--share", card.share);
    box.setAttribute("aria-label", `Compare ${card.label}, ${card.about}`);
  }

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
