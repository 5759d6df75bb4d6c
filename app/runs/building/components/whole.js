// What is said of the list as a whole: its sums, what keeps it from being a network, what mends that, what is odd.
/** @import { Layer, NetworkView, Output, RowActions, RowView } from "./types.js" */

import { addNode, findPart, setText } from "../../../ui/components/nodes.js";
import { WHOLE } from "../../../ui/components/numbers.js";
import { buildRepairs } from "./row.js";

/** @type {(row: RowView | undefined) => boolean} */
const isMisfit = (row) => Boolean(row && (row.problem || row.body.some((inner) => inner.problem)));

// What the picture shows, layer by layer.
/** @type {(shown: NetworkView, layers: Layer[]) => (Output & { name: string })[]} */
export const listOutputs = (shown, layers) =>
  layers.map((layer, index) => ({
    key: layer.key,
    name: `Layer ${index + 1}, ${layer.kind}`,
    sizes: shown.rows[index]?.sizes ?? [],
    isWrong: isMisfit(shown.rows[index]),
  }));

// The first layer that does not fit: its key, and its number as it is read.
/** @type {(shown: NetworkView, layers: Layer[]) => { key: number, number: string } | null} */
function findMisfit(shown, layers) {
  const index = shown.rows.findIndex(isMisfit);
  if (index < 0) return null;
  const inner = shown.rows[index].body.findIndex((row) => row.problem);
  const body = layers[index].body;
  if (inner < 0 || !body) return { key: layers[index].key, number: `${index + 1}` };
  return { key: body[inner].key, number: `${index + 1}.${inner + 1}` };
}

/** @type {(shown: NetworkView, isSoFar: boolean) => string} */
function writeSums({ parameters, multiply_adds: adds, activations }, isSoFar) {
  const [learned, many, numbers] = [parameters, adds, activations].map((count) => WHOLE.format(count));
  const reading = `reading an image takes ${many} multiply-adds and makes ${numbers} activations`;
  return `${isSoFar ? "So far" : "Together"} ${learned} learned numbers; ${reading}.`;
}

// `show` is called with the key of a row that is to be seen.
/** @type {(host: HTMLElement, given: { mend: RowActions["mend"], show: (key: number) => void }) => (shown: NetworkView, layers: Layer[]) => void} */
export function createWhole(host, { mend, show }) {
  const [sums, place] = [findPart(host, ".gb-build-sums"), findPart(host, ".gb-build-whole")];

  return (shown, layers) => {
    const misfit = findMisfit(shown, layers);
    setText(sums, layers.length ? writeSums(shown, Boolean(misfit)) : "");
    const text = JSON.stringify([shown.problem, shown.repairs, shown.remarks, misfit]);
    if (place.dataset.text === text) return;
    place.dataset.text = text;
    place.replaceChildren();
    if (misfit) {
      const line = addNode(place, "p", "is-problem", `Layer ${misfit.number} does not fit. `);
      const button = addNode(line, "button", "", "Show it");
      button.setAttribute("type", "button");
      button.addEventListener("click", () => show(misfit.key));
    }
    if (shown.problem) addNode(place, "p", "is-problem", shown.problem);
    if (shown.repairs.length) place.append(buildRepairs(shown.repairs, mend));
    for (const remark of shown.remarks) addNode(place, "p", "is-remark", remark);
  };
}
