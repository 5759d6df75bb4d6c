// The readout: one row a racer, with its numbers at the cursor.

function createReadout(root) {
  let race = null;
  let rows = [];

  function buildRow(racer) {
    const row = document.createElement("li");
    const part = (parent, name, text = "") => {
      const node = parent.appendChild(document.createElement("span"));
      node.className = `gb-player-${name}`;
      node.textContent = text;
      return node;
    };
    const who = part(row, "who");
    who.appendChild(buildSwatch(racer.slot));
    part(who, "name", racer.name);
    const under = part(who, "under");
    part(under, "detail", racer.detail);
    const state = part(under, "state");
    const figure = (label) => {
      const cell = part(row, "figure");
      part(cell, "label", label);
      return part(cell, "number");
    };
    who.title = `${racer.name}, ${racer.detail}`;
    return { row, state, loss: figure("Loss"), gradient: figure("Gradient length"), weights: figure("Weights") };
  }

  function setRace(newRace) {
    race = newRace;
    rows = race.racers.map(buildRow);
    root.replaceChildren(...rows.map(({ row }) => row));
  }

  function showNumber(node, value) {
    setText(node, formatNumber(value));
    node.title = String(value);
  }

  function weightsOf({ path, weights }, step) {
    if (weights) return weights[step];
    return race.picture.kind === "curve" ? path[step].slice(0, 1) : path[step];
  }

  function describeState(racer, step, steps) {
    const isOver = step === racer.path.length - 1;
    if (isOver && racer.ending) return { text: racer.ending, isError: true };
    if (steps > step) return { text: `stopped after ${formatNumber(step)} ${step === 1 ? "step" : "steps"}` };
    return { text: isInPicture(race.picture, racer.path[step]) ? "" : "off the picture" };
  }

  function show(steps) {
    race.racers.forEach((racer, index) => {
      const { state, loss, gradient, weights } = rows[index];
      const step = Math.min(steps, racer.path.length - 1);
      const numbers = weightsOf(racer, step);
      const { text, isError } = describeState(racer, step, steps);
      showNumber(loss, racer.losses[step]);
      showNumber(gradient, racer.gradients[step]);
      setText(weights, numbers.map((number) => formatNumber(number)).join(", "));
      weights.title = numbers.join(", ");
      setText(state, text);
      state.title = text;
      state.classList.toggle("is-error", Boolean(isError));
    });
  }

  // The same in a sentence, for those who hear the page.
  function tell() {
    return race.racers.map((racer, index) => [racer.name, `loss ${rows[index].loss.textContent}`, rows[index].state.textContent]
      .filter(Boolean).join(", ")).join("; ");
  }

  return { setRace, show, tell };
}
