// How the layers of the chosen run learn: a table of them at one measured step, which a slider chooses.

/** @import { LayerMoment } from "../../ui/payloads.js" */
/** @import { Layers } from "../payloads.js" */

import { findScales, STUCK } from "../../ui/components/layer_scales.js";
import { createLayerTable } from "../../ui/components/layer_table.js";
import { findPart, setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";

// `root` is .gb-runs-layers. What is told of a run that is not chosen any more does not come here.
/** @type {(root: HTMLElement) => { take: (layers: Layers) => void }} */
export function createLayers(root) {
  const absent = findPart(root, ".gb-runs-layers-absent");
  const parts = findPart(root, ".gb-runs-layers-parts");
  const slider = /** @type {HTMLInputElement} */ (findPart(root, "input"));
  const table = createLayerTable(root);
  /** @type {LayerMoment[]} */
  let moments = []; // in the order of their steps

  /** @type {(layers: Layers) => void} */
  function take(layers) {
    const isAtEnd = layers.is_whole || Number(slider.value) === moments.length - 1;
    if (layers.is_whole) moments = [];
    const last = moments.at(-1)?.step ?? 0;
    moments.push(...layers.moments.filter(({ step }) => step > last));
    setText(absent, layers.absent);
    root.hidden = !layers.absent && !moments.length;
    parts.hidden = !moments.length;
    if (!moments.length) return;
    slider.max = `${moments.length - 1}`;
    if (isAtEnd) slider.value = slider.max;
    if (layers.is_whole) table.setLayers(layers.titles);
    table.setMoments(moments, findScales(moments));
    show();
  }

  function show() {
    const place = Number(slider.value);
    const moment = moments[place];
    const step = `step ${formatNumber(moment.step)}`;
    setText(findPart(root, "output"), step);
    slider.setAttribute("aria-valuetext", step);
    table.show(place);
    const isStuck = moment.layers.some((row) => row[STUCK] !== null);
    setText(
      findPart(root, ".gb-runs-layers-examples"),
      isStuck && moment.examples ? `Dead: 0 for all ${formatNumber(moment.examples)} images of the last steps. ` : "",
    );
    root.dataset.step = `${moment.step}`;
    root.dataset.moments = `${moments.length}`;
  }

  slider.addEventListener("input", show);
  return { take };
}
