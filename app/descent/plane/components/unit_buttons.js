// A button over each unit of a graph, for pointer, keys and screen readers: one stop of the tab key for all of them.
/** @import { PlaneNetwork } from "../payloads.js" */
/** @import { GraphPlan, UnitPlace } from "./types.js" */

import { keepWithin } from "../../../ui/components/numbers.js";
import { placeUnder } from "./plane_place.js";

/** @type {(root: HTMLElement, hear: { onUnit: (unit: UnitPlace | null, at: number[] | null) => void, onChoice: (unit: UnitPlace) => void }) => { place: (plan: GraphPlan, network: PlaneNetwork) => void, setChosen: (unit: UnitPlace | null) => void }} */
export function createUnitButtons(root, { onUnit, onChoice }) {
  /** @type {HTMLButtonElement[][]} */
  let columns = [];
  let [column, row] = [0, 0]; // which one the tab key reaches
  /** @type {UnitPlace | null} */
  let chosen = null;

  /** @type {(plan: GraphPlan, network: PlaneNetwork) => void} */
  function place(plan, network) {
    const size = Math.max(plan.size, 24);
    const isSameShape =
      plan.columns.length === columns.length && plan.columns.every((units, at) => units.length === columns[at].length);
    if (!isSameShape) build(plan);
    plan.columns.forEach((units, at) => {
      units.forEach(({ x, y, layer, unit }, place) => {
        const button = columns[at][place];
        Object.assign(button.style, { left: `${x - size / 2}px`, top: `${y - size / 2}px`, width: `${size}px` });
        const name = nameUnit({ layer, unit }, network);
        button.setAttribute("aria-label", name);
        button.title = name;
      });
    });
  }

  /** @type {(plan: GraphPlan) => void} */
  function build(plan) {
    for (const button of columns.flat()) button.remove();
    columns = plan.columns.map((units, at) => units.map((unit, place) => buildButton(unit, at, place)));
    column = keepWithin(column, 0, columns.length - 1);
    row = keepWithin(row, 0, columns[column].length - 1);
    columns[column][row].tabIndex = 0;
    setChosen(chosen);
  }

  /** @type {(unit: UnitPlace, at: number, place: number) => HTMLButtonElement} */
  function buildButton({ layer, unit }, at, place) {
    const button = root.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "gb-plane-unit";
    button.tabIndex = -1;
    const here = { layer, unit };
    button.addEventListener("pointermove", (event) => onUnit(here, placeUnder(event, button)));
    button.addEventListener("pointerleave", () => onUnit(null, null));
    button.addEventListener("focus", () => {
      reach(at, place);
      if (button.matches(":focus-visible")) onUnit(here, null);
    });
    button.addEventListener("blur", () => onUnit(null, null));
    button.addEventListener("click", () => onChoice(here));
    button.addEventListener("keydown", onKey);
    return button;
  }

  /** @type {(at: number, place: number) => void} */
  function reach(at, place) {
    if (columns[column]?.[row]) columns[column][row].tabIndex = -1;
    [column, row] = [at, place];
    columns[column][row].tabIndex = 0;
  }

  /** @type {(event: KeyboardEvent) => void} */
  function onKey(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere these keys are the transport's
    const at = keepWithin(column + move[0], 0, columns.length - 1);
    columns[at][keepWithin(row + move[1], 0, columns[at].length - 1)].focus();
  }

  /** @type {(unit: UnitPlace | null) => void} */
  function setChosen(unit) {
    chosen = unit;
    columns.forEach((buttons, at) => {
      buttons.forEach((button, place) => {
        button.setAttribute("aria-pressed", `${unit?.layer === at - 1 && unit.unit === place}`);
      });
    });
  }

  return { place, setChosen };
}

/** @type {(unit: UnitPlace, network: PlaneNetwork) => string} */
export function nameUnit({ layer, unit }, { inputs, layers }) {
  if (layer < 0) return `Input ${inputs[unit]}`;
  if (layer < layers.length - 1) return `Hidden layer ${layer + 1}, unit ${unit + 1}`;
  return layers[layer] === 1 ? "Output" : `Output, class ${unit}`;
}
