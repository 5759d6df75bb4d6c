// The chart as a component of its own: its value, title and height come from Python.
/** @import { Mounted } from "./types.js" */

import { createChart } from "./chart.js";
import { findPart, makeOwnProp } from "./nodes.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, props, watch, keptProps }) {
  const ownProp = makeOwnProp({ props, keptProps });
  const root = findPart(element, ".gb-chart");
  const chart = createChart(root);

  function takeValue() {
    findPart(root, ".gb-chart-plot").style.height = `${ownProp("height")}px`;
    chart.setValue(props.value, props.label);
  }

  watch(["value", "label", "height"], takeValue);
  takeValue();
}
