// The perceptron's graph, walked through backwards. Python draws the figure and writes the steps; this script shows how far
// the way back has come.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PerceptronAnswer, PerceptronStep } from "../payloads.js" */

import { tellErrors } from "../../../ui/components/answers.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { markOld } from "../../../ui/components/old_result.js";
import { createTransport } from "../../../ui/components/transport.js";

const PARAMETER = "example"; // of the page's address
const FIELD_CLASS = "perceptron-field-"; // as its controls have it

/** @type {(given: Mounted) => void} */
export function mount({ element, props, watch, keptProps }) {
  const root = findPart(element, ".gb-perceptron");
  const figure = findPart(root, ".gb-perceptron-figure");
  const title = findPart(root, ".gb-perceptron-title");
  const text = findPart(root, ".gb-perceptron-text");
  const transport = createTransport(findPart(root, ".gb-transport"), onMove, { firstSpeed: 0.1, invites: true });
  /** @type {PerceptronStep[]} */
  let steps = [];
  let shown = -1; // the step that is shown

  /** @type {(step: number) => void} */
  function onMove(step) {
    if (step === shown || !steps[step]) return;
    shown = step;
    setText(title, steps[step].title);
    text.innerHTML = steps[step].html;
    const before = steps.slice(0, step + 1).flatMap(({ found }) => found.map((name) => `${name}.gradient`));
    const { found, used } = steps[step];
    mark("part", "is-known", before);
    mark("part", "is-used", used);
    mark("node", "is-found", found);
    mark("edge", "is-found", found);
    bringIntoSight(found[0]);
  }

  /** @type {(kind: string, name: string, marked: string[]) => void} */
  function mark(kind, name, marked) {
    for (const part of figure.querySelectorAll(`[data-${kind}]`)) {
      part.classList.toggle(name, marked.includes(part.getAttribute(`data-${kind}`) ?? ""));
    }
  }

  // Where the figure is wider than the screen, it scrolls to the node; the page stays where it is.
  /** @type {(name: string | undefined) => void} */
  function bringIntoSight(name) {
    if (figure.scrollWidth <= figure.clientWidth) return;
    const box = name && figure.querySelector(`[data-node="${name}"] .frame`)?.getBoundingClientRect();
    if (!box) return void figure.scrollTo({ left: 0 });
    const frame = figure.getBoundingClientRect();
    figure.scrollBy({ left: box.left + box.width / 2 - (frame.left + frame.width / 2) });
  }

  /** @type {(answer: PerceptronAnswer) => void} */
  function show(answer) {
    tellErrors(answer, FIELD_CLASS);
    markOld(root, !answer.figure && steps.length > 0);
    if (!answer.figure || !answer.steps) return;
    figure.innerHTML = answer.figure;
    findPart(root, ".gb-perceptron-verdict").innerHTML = answer.verdict ?? "";
    ({ steps } = answer);
    root.dataset.cardLink = answer.link;
    const named = new URLSearchParams(answer.link).get(PARAMETER);
    window.glassboxPlaces?.follow(
      "descent/steps",
      named ? `${new URLSearchParams({ [PARAMETER]: named })}` : "",
      PARAMETER,
    );
    shown = -1;
    transport.setLength(steps.length - 1, true);
  }

  root.addEventListener("keydown", (event) => transport.onKey(event));
  const take = () => {
    if (typeof props.value === "string" && props.value) keptProps.text = props.value;
    if (keptProps.text) show(JSON.parse(keptProps.text));
  };
  watch("value", take);
  take();
}
