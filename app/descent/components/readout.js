// The readout: one row an optimizer, with its numbers at the cursor.

import { setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { buildSwatch } from "../../ui/components/series.js";
import { isInLandscape } from "./landscape.js";

export function createReadout(root) {
  let race = null;
  let rows = [];

  function buildRow(optimizer) {
    const row = document.createElement("li");
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
    const figure = (label) => {
      const cell = part(row, "figure");
      part(cell, "label", label);
      return part(cell, "number");
    };
    who.title = `${optimizer.name}, ${optimizer.detail}`;
    return { row, state, loss: figure("Loss"), gradient: figure("Gradient length"), weights: figure("Weights") };
  }

  function setRace(newRace) {
    race = newRace;
    rows = race.optimizers.map(buildRow);
    root.replaceChildren(...rows.map(({ row }) => row));
  }

  function showNumber(node, value) {
    setText(node, formatNumber(value));
    node.title = String(value);
  }

  function weightsOf({ path, weights }, step) {
    if (weights) return weights[step];
    return race.landscape.kind === "curve" ? path[step].slice(0, 1) : path[step];
  }

  function describeState(optimizer, step, steps) {
    const isOver = step === optimizer.path.length - 1;
    if (isOver && optimizer.ending) return { text: optimizer.ending, isError: true };
    if (steps > step) return { text: `stopped after ${formatNumber(step)} ${step === 1 ? "step" : "steps"}` };
    return { text: isInLandscape(race.landscape, optimizer.path[step]) ? "" : "off the landscape" };
  }

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
