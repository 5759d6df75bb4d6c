// How a unit comes to its number at a place, written out: each input times its weight, the bias, and what follows.
/** @import { PlaneSum } from "../payloads.js" */

import { addNode } from "../../../ui/components/nodes.js";
import { formatNumber, MINUS } from "../../../ui/components/numbers.js";

// `where` says of which unit and place.
/** @type {(root: HTMLElement, where: string, sum: PlaneSum) => void} */
export function writeSum(root, where, sum) {
  root.replaceChildren();
  addNode(root, "span", "gb-plane-where", where);
  const line = addNode(root, "span", "gb-plane-terms");
  sum.names.forEach((name, index) => {
    const [weight, input] = [sum.weights[index], sum.inputs[index]];
    const term = addNode(line, "span", "gb-plane-term");
    addNode(term, "b", weight.startsWith(MINUS) ? "is-negative" : "is-positive", weight);
    term.append(` \u00b7 ${input.startsWith(MINUS) ? `(${input})` : input}`);
    term.title = `weight ${weight} times ${name} ${input}`;
    addNode(term, "i", "", name);
    line.append(" + ");
  });
  const bias = addNode(line, "span", "gb-plane-term", sum.bias.startsWith(MINUS) ? `(${sum.bias})` : sum.bias);
  addNode(bias, "i", "", "bias");
  line.append(" = ");
  addNode(line, "b", "", sum.total);
  if (sum.normalised) {
    line.append(" \u2192 batch norm ");
    addNode(line, "b", "", sum.normalised);
  }
  if (sum.activation) {
    line.append(` \u2192 ${sum.activation} `);
    addNode(line, "b", "gb-plane-given", sum.given);
  }
}

/** @type {(at: number[]) => string} */
export const tellPlace = ([x, y]) => `(${formatNumber(x)}, ${formatNumber(y)})`;
