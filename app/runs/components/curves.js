// The five charts of a run.

/** @import { Curves } from "../payloads.js" */
/** @import { Chart } from "../../ui/components/types.js" */
/** @import { Ends } from "./types.js" */

import { createChart } from "../../ui/components/chart.js";
import { findPart } from "../../ui/components/nodes.js";
import { CURVES, createCurvePoints, pickPoints } from "./curve_points.js";

// `root` holds a .gb-chart in a .is-<name> for each of CURVES.
/** @type {(root: HTMLElement) => { setView: (view: Curves, ends: Ends) => void, addNews: (news: Curves, ends: Ends) => void, isFull: () => boolean, countPoints: () => number }} */
export function createRunCurves(root) {
  /** @type {Record<string, Chart>} */
  const charts = {};
  const points = createCurvePoints();
  let note = "";
  let isLog = false;

  for (const name of Object.keys(CURVES)) charts[name] = createChart(findPart(root, `.is-${name} .gb-chart`));
  const toggle = document.createElement("label");
  const box = toggle.appendChild(document.createElement("input"));
  toggle.className = "gb-runs-log";
  toggle.append("Log scale");
  box.type = "checkbox";
  findPart(root, ".is-loss .gb-chart-top").append(toggle);
  box.addEventListener("change", () => {
    isLog = box.checked;
    draw("loss");
  });

  /** @type {(name: string) => void} */
  function draw(name) {
    const { title, options, series } = CURVES[name];
    const end = points.findEnd(name);
    charts[name].setValue(
      {
        ...options,
        x_range: end ? [0, end] : null,
        ...(name === "loss" ? { note, log_y: isLog } : {}),
        series: series.map((one) => ({ ...one, points: points.pick(one) })),
      },
      title,
    );
  }

  /** @type {(view: Curves, ends: Ends) => void} */
  function setView(view, ends) {
    points.setView(view, ends);
    note = view.stretch > 1 ? `A point of the pale line is the mean of up to ${view.stretch} steps.` : "";
    Object.keys(CURVES).forEach(draw);
  }

  /** @type {(news: Curves, ends: Ends) => void} */
  function addNews(news, ends) {
    const { added, changesAxes } = points.addNews(news, ends);
    if (!added) return;
    for (const [name, { series }] of Object.entries(CURVES)) {
      if (changesAxes) draw(name);
      else if (name !== "accuracy" || added.epochs.length)
        charts[name].addPoints(series.map((one) => /** @type {number[][]} */ (pickPoints(added, one))));
    }
  }

  return { setView, addNews, isFull: points.isFull, countPoints: points.count };
}
