// The losses of one or two trainings as a chart, with a mark where the loss on points for testing is lowest.
/** @import { ChartValue } from "../../../ui/components/types.js" */
/** @import { ReadMoment } from "./types.js" */

import { findLowest } from "./moments.js";

const MANY = 50; // where losses differ by such a factor, the axis counts powers of ten

/** @type {(moments: ReadMoment[][], numEpochs: number, isDone: boolean) => ChartValue} */
export function chartLosses(moments, numEpochs, isDone) {
  const names = moments.length > 1 ? ["A, ", "B, "] : [""];
  const lines = moments.flatMap((shown, slot) =>
    ["training", "testing"].map((set, index) => ({
      name: `${names[slot]}${set}`,
      role: `series${2 * slot + index + 1}`,
      points: shown.flatMap(({ epoch, losses }) => {
        const loss = losses[index];
        return typeof loss === "number" ? [[epoch, loss]] : [];
      }),
    })),
  );
  const [first] = moments;
  const lowest = findLowest(first.map(({ losses }) => losses[1]));
  const mark = lowest < 0 ? [] : [[first[lowest].epoch, /** @type {number} */ (first[lowest].losses[1])]];
  const all = lines.flatMap(({ points }) => points.map(([, loss]) => loss)).filter((loss) => loss > 0);
  return {
    series: [
      ...lines.filter(({ points }) => points.length),
      ...(mark.length
        ? [{ name: `${names[0]}lowest on testing`, role: "neutral", points: mark, markers: true, line: false }]
        : []),
    ],
    x_label: "epoch",
    y_label: "loss",
    x_range: [0, Math.max(1, numEpochs)],
    log_y: all.length > 0 && Math.max(...all) > MANY * Math.min(...all),
    note: mark.length && isDone ? tellStopping(first, lowest) : "",
    empty: "No loss is finite",
  };
}

/** @type {(shown: ReadMoment[], lowest: number) => string} */
function tellStopping(shown, lowest) {
  return lowest === shown.length - 1
    ? "The loss on the points for testing is lowest at the end: early stopping would not have stopped sooner."
    : `Early stopping would keep epoch ${shown[lowest].epoch}, where the loss on the points for testing is lowest of those shown.`;
}
