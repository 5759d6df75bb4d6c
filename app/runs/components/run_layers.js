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
    const place = Number(slider.value);
    const looksBackAt = layers.is_whole || place === moments.length - 1 ? undefined : moments[place]?.step;
    const known = layers.is_whole ? [] : moments;
    const byStep = new Map([...known, ...layers.moments].map((moment) => [moment.step, moment]));
    moments = [...byStep.values()].sort((one, other) => one.step - other.step);
    setText(absent, layers.absent);
    root.hidden = !layers.absent && !moments.length;
    parts.hidden = !moments.length;
    if (!moments.length) return;
    slider.max = `${moments.length - 1}`;
    const looked = moments.findIndex(({ step }) => step === looksBackAt);
    slider.value = looked < 0 ? slider.max : `${looked}`;
    if (layers.titles.length) table.setLayers(layers.titles);
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
