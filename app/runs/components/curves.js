// The five charts of a run, and the points on them. The order of a row's numbers is that of app/runs/view.py.

const [STEP, LOSS, SMOOTHED, RATE, WEIGHTS, GRADIENT, SPEED] = [0, 1, 2, 3, 4, 5, 6];
const [EPOCH, EPOCH_STEP, TRAIN_ACCURACY, VALIDATION_ACCURACY, VALIDATION_LOSS] = [0, 1, 2, 3, 4];
const MAX_HELD_POINTS = 900;  // beyond, Python is asked for the whole curve, thinned anew
const SMALL = { x_label: "step" };

// What is drawn where: a chart's options, and its series with the columns that they take their x and y from.
const CURVES = {
  loss: {
    title: "Loss", options: { x_label: "step", y_label: "cross-entropy (nats)", empty: "The curve begins with the first steps" },
    series: [
      { name: "Training", role: "training", pale: true, from: "steps", x: STEP, y: LOSS },
      { name: "smoothed", role: "training", from: "steps", x: STEP, y: SMOOTHED },
      { name: "Validation", role: "validation", markers: true, from: "epochs", x: EPOCH_STEP, y: VALIDATION_LOSS },
    ],
  },
  accuracy: {
    title: "Accuracy", options: { x_label: "epoch", empty: "A point for every whole epoch" },
    series: [
      { name: "Training", role: "training", markers: true, from: "epochs", x: EPOCH, y: TRAIN_ACCURACY },
      { name: "Validation", role: "validation", markers: true, from: "epochs", x: EPOCH, y: VALIDATION_ACCURACY },
    ],
  },
  rate: { title: "Learning rate", options: SMALL, series: [{ name: "", role: "neutral", from: "steps", x: STEP, y: RATE }] },
  norms: {
    title: "Norms", options: { ...SMALL, log_y: true },
    series: [
      { name: "weights", role: "neutral", from: "steps", x: STEP, y: WEIGHTS },
      { name: "gradient", role: "series3", from: "steps", x: STEP, y: GRADIENT },
    ],
  },
  speed: { title: "Images a second", options: SMALL, series: [{ name: "", role: "neutral", from: "steps", x: STEP, y: SPEED }] },
};

// `root` holds a .gb-chart in a .is-<name> for each of CURVES.
function createRunCurves(root) {
  const charts = {};
  let curves = { steps: [], epochs: [] };
  let ends = {};           // where the axes end: { steps, epochs }
  let note = "";
  let isLog = false;

  for (const name of Object.keys(CURVES)) charts[name] = createChart(root.querySelector(`.is-${name} .gb-chart`));
  const toggle = document.createElement("label");
  const box = toggle.appendChild(document.createElement("input"));
  toggle.className = "gb-runs-log";
  toggle.append("Log scale");
  box.type = "checkbox";
  root.querySelector(".is-loss .gb-chart-top").append(toggle);
  box.addEventListener("change", () => {
    isLog = box.checked;
    draw("loss");
  });

  const pick = (rows, { from, x, y }) => (rows[from] || []).map((row) => [row[x], row[y]]);

  function describeAxes(name) {
    const { options } = CURVES[name];
    const end = name === "accuracy" ? ends.epochs : ends.steps;
    return { ...options, x_range: end ? [0, end] : null, ...(name === "loss" ? { note, log_y: isLog } : {}) };
  }

  function draw(name) {
    const { title, series } = CURVES[name];
    const drawn = series.map((one) => ({ ...one, points: pick(curves, one) }));
    charts[name].setValue({ ...describeAxes(name), series: drawn }, title);
  }

  function setView(view, newEnds) {
    curves = { steps: view.steps, epochs: view.epochs };
    ends = newEnds;
    note = view.stretch > 1 ? `A point of the pale line is the mean of up to ${view.stretch} steps.` : "";
    Object.keys(CURVES).forEach(draw);
  }

  function addNews(news, newEnds) {
    const last = curves.steps.length ? curves.steps[curves.steps.length - 1][STEP] : -1;
    const steps = news.steps.filter((row) => row[STEP] > last);
    const known = new Set(curves.epochs.map((row) => row[EPOCH]));
    const epochs = news.epochs.filter((row) => !known.has(row[EPOCH]));
    if (!steps.length && !epochs.length) return;
    const isFirst = !curves.steps.length || newEnds.steps !== ends.steps;
    curves.steps.push(...steps);
    curves.epochs.push(...epochs);
    ends = newEnds;
    if (isFirst) return Object.keys(CURVES).forEach(draw);
    for (const name of Object.keys(CURVES)) {
      if (name === "accuracy" && !epochs.length) continue;
      charts[name].addPoints(CURVES[name].series.map((one) => pick({ steps, epochs }, one)));
    }
  }

  const isFull = () => curves.steps.length > MAX_HELD_POINTS;
  const countPoints = () => curves.steps.length;
  return { setView, addNews, isFull, countPoints };
}
