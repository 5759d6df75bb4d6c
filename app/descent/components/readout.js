// The readout: one row an optimizer, with its numbers at the cursor.

/** @import { OptimizerPath, RacePayload } from "../payloads.js" */
/** @typedef {{ row: HTMLElement, state: HTMLElement, loss: HTMLElement, gradient: HTMLElement, weights: HTMLElement }} Row */

import { setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { buildSwatch } from "../../ui/components/series.js";
import { isInLandscape } from "./landscape.js";

/** @type {(root: HTMLElement) => { setRace: (race: RacePayload) => void, show: (steps: number) => void, tell: () => string }} */
export function createReadout(root) {
  /** @type {RacePayload} */
  let race; // none at first
  /** @type {Row[]} */
  let rows = [];

  /** @type {(optimizer: OptimizerPath) => Row} */
  function buildRow(optimizer) {
    const row = document.createElement("li");
    /** @type {(parent: Node, name: string, text?: string) => HTMLElement} */
    const part = (parent, name, text = "") => {
      const node = parent.appendChild(document.createElement("span"));
      node.className = `gb-player-${name}`;
      node.textContent = text;
      return node;
    };
    const who = part(row, "who");
    who.appendChild(buildSwatch(optimizer.slot));
    part(who, "name", optimizer.name);
    const under = part(who, "under");
    part(under, "detail", optimizer.detail);
    const state = part(under, "state");
    const figure = (/** @type {string} */ label) => {
      const cell = part(row, "figure");
      part(cell, "label", label);
      return part(cell, "number");
    };
    who.title = `${optimizer.name}, ${optimizer.detail}`;
    return { row, state, loss: figure("Loss"), gradient: figure("Gradient length"), weights: figure("Weights") };
  }

  /** @type {(newRace: RacePayload) => void} */
  function setRace(newRace) {
    race = newRace;
    rows = race.optimizers.map(buildRow);
    root.replaceChildren(...rows.map(({ row }) => row));
  }

  /** @type {(node: HTMLElement, value: number | null) => void} */
  function showNumber(node, value) {
    setText(node, formatNumber(value));
    node.title = String(value);
  }

  /** @type {(optimizer: OptimizerPath, step: number) => number[]} */
  function weightsOf({ path, weights }, step) {
    if (weights) return weights[step];
    return race.landscape.kind === "curve" ? path[step].slice(0, 1) : path[step];
  }

  /** @type {(optimizer: OptimizerPath, step: number, steps: number) => { text: string, isError?: boolean }} */
  function describeState(optimizer, step, steps) {
    const isOver = step === optimizer.path.length - 1;
    if (isOver && optimizer.ending) return { text: optimizer.ending, isError: true };
    if (steps > step) return { text: `stopped after ${formatNumber(step)} ${step === 1 ? "step" : "steps"}` };
    return { text: isInLandscape(race.landscape, optimizer.path[step]) ? "" : "off the landscape" };
  }

  /** @type {(steps: number) => void} */
  function show(steps) {
    race.optimizers.forEach((optimizer, index) => {
      const { state, loss, gradient, weights } = rows[index];
      const step = Math.min(steps, optimizer.path.length - 1);
      const numbers = weightsOf(optimizer, step);
      const { text, isError } = describeState(optimizer, step, steps);
      showNumber(loss, optimizer.losses[step]);
      showNumber(gradient, optimizer.gradients[step]);
      setText(weights, numbers.map((number) => formatNumber(number)).join(", "));
      weights.title = numbers.join(", ");
      setText(state, text);
      state.title = text;
      state.classList.toggle("is-error", Boolean(isError));
    });
  }

  // The same in a sentence, for those who hear the page.
  function tell() {
    return race.optimizers
      .map((optimizer, index) =>
        [optimizer.name, `loss ${rows[index].loss.textContent}`, rows[index].state.textContent]
          .filter(Boolean)
          .join(", "),
      )
      .join("; ");
  }

  return { setRace, show, tell };
}
