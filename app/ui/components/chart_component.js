// The chart as a component of its own: its value, title and height come from Python.

import { createChart } from "./chart.js";
import { makeOwnProp } from "./nodes.js";

export function mount({ element, props, watch, keptProps }) {
  const ownProp = makeOwnProp({ props, keptProps });
  const root = element.querySelector(".gb-chart");
  const chart = createChart(root);

  function takeValue() {
    root.querySelector(".gb-chart-plot").style.height = `${ownProp("height")}px`;
    chart.setValue(props.value, props.label);
  }

  watch(["value", "label", "height"], takeValue);
  takeValue();
}
