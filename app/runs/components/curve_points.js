// The points of a run's curves, and what is new on them. The order of a row's numbers is that of app/runs/view.py.
/** @import { Curve, CurvePoints, CurveRows, CurveSeries, Ends } from "./types.js" */

const [STEP, LOSS, SMOOTHED, RATE, WEIGHTS, GRADIENT, SPEED] = [0, 1, 2, 3, 4, 5, 6];
const [EPOCH, EPOCH_STEP, TRAIN_ACCURACY, VALIDATION_ACCURACY, VALIDATION_LOSS] = [0, 1, 2, 3, 4];
const MAX_HELD_POINTS = 900; // beyond, Python is asked for the whole curve, thinned anew
const SMALL = { x_label: "step" };

// What is drawn where: a chart's options, and its series with the columns that they take their x and y from.
/** @type {Record<string, Curve>} */
export const CURVES = {
  loss: {
    title: "Loss",
    options: { x_label: "step", y_label: "cross-entropy (nats)", empty: "The curve begins with the first steps" },
    series: [
      { name: "Training", role: "training", pale: true, from: "steps", x: STEP, y: LOSS },
      { name: "smoothed", role: "training", from: "steps", x: STEP, y: SMOOTHED },
      { name: "Validation", role: "validation", markers: true, from: "epochs", x: EPOCH_STEP, y: VALIDATION_LOSS },
    ],
  },
  accuracy: {
    title: "Accuracy",
    options: { x_label: "epoch", empty: "A point for every whole epoch" },
    series: [
      { name: "Training", role: "training", markers: true, from: "epochs", x: EPOCH, y: TRAIN_ACCURACY },
      { name: "Validation", role: "validation", markers: true, from: "epochs", x: EPOCH, y: VALIDATION_ACCURACY },
    ],
  },
  rate: {
    title: "Learning rate",
    options: SMALL,
    series: [{ name: "", role: "neutral", from: "steps", x: STEP, y: RATE }],
  },
  norms: {
    title: "Norms",
    options: { ...SMALL, log_y: true },
    series: [
      { name: "weights", role: "neutral", from: "steps", x: STEP, y: WEIGHTS },
      { name: "gradient", role: "series3", from: "steps", x: STEP, y: GRADIENT },
    ],
  },
  speed: {
    title: "Images a second",
    options: SMALL,
    series: [{ name: "", role: "neutral", from: "steps", x: STEP, y: SPEED }],
  },
};

// The points of one of a chart's series: `rows` are { steps, epochs }.
/** @type {(rows: CurveRows, series: CurveSeries) => (number | null)[][]} */
export function pickPoints(rows, { from, x, y }) {
  return rows[from].map((row) => [row[x], row[y]]);
}

/** @type {() => CurvePoints} */
export function createCurvePoints() {
  /** @type {CurveRows} */
  let rows = { steps: [], epochs: [] };
  /** @type {Ends} */
  let ends = {}; // where the axes end: { steps, epochs }

  /** @type {CurvePoints["setView"]} */
  function setView(view, newEnds) {
    rows = { steps: [...view.steps], epochs: [...view.epochs] };
    ends = newEnds;
  }

  // Add what comes after what is there. Returns the rows that are new, or null; and whether the axes change with them.
  /** @type {CurvePoints["addNews"]} */
  function addNews(news, newEnds) {
    const last = Number(rows.steps.at(-1)?.[STEP] ?? -1);
    const known = new Set(rows.epochs.map((row) => row[EPOCH]));
    const added = {
      steps: news.steps.filter((row) => Number(row[STEP]) > last),
      epochs: news.epochs.filter((row) => !known.has(row[EPOCH])),
    };
    if (!added.steps.length && !added.epochs.length) return { added: null, changesAxes: false };
    const changesAxes = !rows.steps.length || newEnds.steps !== ends.steps;
    rows.steps.push(...added.steps);
    rows.epochs.push(...added.epochs);
    ends = newEnds;
    return { added, changesAxes };
  }

  return {
    setView,
    addNews,
    isFull: () => rows.steps.length > MAX_HELD_POINTS,
    count: () => rows.steps.length,
    pick: (one) => pickPoints(rows, one),
    findEnd: (name) => (name === "accuracy" ? ends.epochs : ends.steps),
  };
}
