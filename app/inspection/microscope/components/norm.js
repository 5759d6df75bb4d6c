// Batch norm on one image. Python sends charts, arithmetic and answers, which spread.js asks for; chart.js and strips.js draw
// them.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { Absent, Norm, Pictures } from "../payload.js" */

import { createChannel } from "../../../ui/components/answers.js";
import { createChart } from "../../../ui/components/chart.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { markOld } from "../../../ui/components/old_result.js";
import { createStrips } from "./strips.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, props, keptProps }) {
  const norm = findPart(element, ".gb-norm");
  const parts = findPart(norm, ".gb-norm-parts");
  const lines = findPart(norm, ".gb-norm-lines");
  const [meanChart, varianceChart] = /** @type {HTMLElement[]} */ ([...norm.querySelectorAll(".gb-chart")]).map(
    (root) => createChart(root),
  );
  const strips = createStrips(findPart(norm, ".gb-strips"));

  /** @type {(shown: Norm & Partial<Absent>) => void} */
  function show(shown) {
    const isAbsent = Boolean(shown.absent);
    parts.hidden = isAbsent;
    setText(findPart(norm, ".gb-strips-absent"), shown.absent || "");
    setText(findPart(norm, ".gb-strips-text"), shown.text || "");
    if (isAbsent) return;
    meanChart.setValue(shown.means, "Mean of each channel");
    varianceChart.setValue(shown.variances, "Variance of each channel");
    meanChart.setCursor(shown.channel);
    varianceChart.setCursor(shown.channel);
    lines.replaceChildren(
      ...shown.lines.map((text) => {
        const line = document.createElement("p");
        line.textContent = text;
        return line;
      }),
    );
    strips.setRows(shown.rows, shown.verdict);
  }

  if (typeof props.value === "string" && props.value) keptProps.text = props.value;
  if (keptProps.text) show(JSON.parse(keptProps.text)); // the opening; what was answered since follows
  createChannel(keptProps.channel).listen(norm, (answer) => {
    const sent = /** @type {Norm & Partial<Absent> | null} */ (/** @type {Partial<Pictures>} */ (answer).norm ?? null);
    markOld(norm, !sent);
    if (sent) show(sent);
  });
}
