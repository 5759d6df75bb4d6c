// Batch norm on one image. Python sends charts, arithmetic and answers; chart.js and strips.js draw them.

import { createChart } from "../../../ui/components/chart.js";
import { setText } from "../../../ui/components/nodes.js";
import { createStrips } from "./strips.js";

export function mount({ element, props, watch, keptProps }) {
  const norm = element.querySelector(".gb-norm");
  const parts = norm.querySelector(".gb-norm-parts");
  const lines = norm.querySelector(".gb-norm-lines");
  const [meanChart, varianceChart] = [...norm.querySelectorAll(".gb-chart")].map((root) => createChart(root));
  const strips = createStrips(norm.querySelector(".gb-strips"));

  function takeValue() {
    if (typeof props.value === "string" && props.value) keptProps.text = props.value;
    if (!keptProps.text) return;
    const shown = JSON.parse(keptProps.text);
    const isAbsent = Boolean(shown.absent);
    parts.hidden = isAbsent;
    setText(norm.querySelector(".gb-strips-absent"), shown.absent || "");
    setText(norm.querySelector(".gb-strips-text"), shown.text || "");
    if (isAbsent) return;
    meanChart.setValue(shown.means, "Mean of each channel");
    varianceChart.setValue(shown.variances, "Variance of each channel");
    meanChart.setCursor(shown.channel);
    varianceChart.setCursor(shown.channel);
    lines.replaceChildren(...shown.lines.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
    strips.setRows(shown.rows, shown.verdict);
  }

  watch("value", takeValue);
  takeValue();
}
