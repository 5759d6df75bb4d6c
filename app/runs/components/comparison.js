// Runs side by side. Python sends curves, cells and sentences; this script draws, sorts and lays out.

/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { Comparison, Measure } from "../payloads.js" */

import { createAsker, readAnswer } from "../../ui/components/asking.js";
import { createChart } from "../../ui/components/chart.js";
import { waitUntilNear, watchLifetime } from "../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { buildSwatch } from "../../ui/components/series.js";
import { follow } from "./focus.js";
import { describeOrder, FIRST_SORTING, keepSorting, orderRows, turnSorting } from "./table_order.js";

const LIVE_EVERY_MS = 3000; // while one of the runs trains
const MAX_MARKED = 24; // a curve of more points than these would be hidden by its markers
/** @type {Record<string, number>} */
const PLACES = { step: 0, epoch: 1, seconds: 2 }; // in a point; its value comes after them

/** @type {(given: Mounted) => void} */
export function mount({ element, server }) {
  const host = findPart(element, ".gb-compare");
  const life = watchLifetime(host);
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const [quantityField, xField] = host.querySelectorAll("select");
  const chart = createChart(find(".gb-chart"));
  const [head, body] = [find("thead"), find("tbody")];

  /** @type {string[]} */
  let ids = [];
  /** @type {Comparison} */
  let shown; // what Python sent last; none at first
  let shownText = "";
  let sorting = FIRST_SORTING;
  let timer = 0;

  const askForRuns = createAsker(
    (request) => server.compare(request),
    (text) => takeRuns(text),
  );

  /** @type {(text: any) => void} */
  function takeRuns(text) {
    clearTimeout(timer);
    if (life.isOver()) return;
    const answer = readAnswer(text);
    if (answer.error) return setText(find(".gb-compare-hint"), answer.error);
    if (answer.is_live) timer = setTimeout(askAgain, LIVE_EVERY_MS);
    if (text === shownText) return;
    shownText = text;
    shown = answer;
    sorting = keepSorting(sorting, shown.table.columns.length);
    setText(find(".gb-compare-hint"), shown.hint);
    fillChoices();
    drawCurves();
    fillHead();
    fillRows();
    fillVerdicts();
    fillSeeds();
    host.dataset.shown = shown.runs.map((run) => run.id).join(" ");
  }

  function askAgain() {
    if (life.isOver()) return;
    if (document.visibilityState === "visible" && host.offsetParent !== null) askForRuns({ ids });
    else timer = setTimeout(askAgain, LIVE_EVERY_MS);
  }

  // ---- Curves

  function fillChoices() {
    if (quantityField.options.length) return;
    for (const { key, title } of shown.quantities) quantityField.add(new Option(title, key));
  }

  function drawCurves() {
    const {
      key,
      title,
      y_label: yLabel,
      log_y: isLog,
      by_epoch: isByEpoch,
    } = shown.quantities[Math.max(0, quantityField.selectedIndex)];
    const place = PLACES[xField.value];
    const series = shown.curves[key].map((points, slot) => ({
      name: shown.runs[slot].label,
      role: `series${slot + 1}`,
      line: true,
      markers: isByEpoch && points.length <= MAX_MARKED,
      points: points.map((point) => [point[place], point[3]]),
    }));
    const end = Math.max(0, ...series.map(({ points }) => (points.length ? points[points.length - 1][0] : 0)));
    chart.setValue(
      {
        series,
        x_label: xField.value,
        y_label: yLabel,
        log_y: isLog,
        x_range: end ? [0, end] : null,
        empty: "The curves appear with the first steps.",
      },
      title,
    );
  }

  for (const field of [quantityField, xField]) field.addEventListener("change", () => shown && drawCurves());

  // ---- The table

  function fillHead() {
    const line = document.createElement("tr");
    ["Run", ...shown.table.columns].forEach((title, index) => {
      const cell = /** @type {HTMLTableCellElement} */ (addNode(line, "th"));
      cell.scope = "col";
      const button = /** @type {HTMLButtonElement} */ (addNode(cell, "button", "", title));
      button.type = "button";
      button.addEventListener("click", () => sortBy(index - 1));
    });
    const focused = [...head.querySelectorAll("button")].indexOf(
      /** @type {HTMLButtonElement} */ (document.activeElement),
    );
    head.replaceChildren(line);
    if (focused >= 0) head.querySelectorAll("button")[Math.min(focused, shown.table.columns.length)].focus();
  }

  /** @type {(column: number) => void} */
  function sortBy(column) {
    sorting = turnSorting(sorting, column, shown.table.rows);
    fillRows();
  }

  function fillRows() {
    [...head.querySelectorAll("th")].forEach((cell, index) => {
      cell.setAttribute("aria-sort", describeOrder(sorting, index - 1));
    });
    body.replaceChildren(
      ...orderRows(sorting, shown.table.rows).map((slot) => {
        const line = document.createElement("tr");
        const name = /** @type {HTMLTableCellElement} */ (addNode(line, "th"));
        name.scope = "row";
        const who = addNode(name, "div");
        who.appendChild(buildSwatch(slot));
        const names = addNode(who, "span", "", shown.runs[slot].name);
        if (shown.runs[slot].about) addNode(names, "small", "", shown.runs[slot].about);
        for (const { text, title, small } of shown.table.rows[slot]) {
          const cell = addNode(line, "td", "", text);
          cell.title = title || "";
          if (small) addNode(cell, "small", "", small);
        }
        return line;
      }),
    );
  }

  // ---- Chance and seeds

  function fillVerdicts() {
    const part = find(".gb-compare-chance");
    part.hidden = !shown.verdicts.length;
    findPart(part, "ul").replaceChildren(
      ...shown.verdicts.map(({ verdict, detail }) => {
        const item = document.createElement("li");
        addNode(item, "b", "", verdict);
        addNode(item, "span", "", detail);
        return item;
      }),
    );
    setText(findPart(part, "p"), shown.seeds_matter);
  }

  function fillSeeds() {
    const part = find(".gb-compare-seeds");
    part.hidden = !shown.groups.length;
    findPart(part, "div").replaceChildren(
      ...shown.groups.map((group) => {
        const block = document.createElement("div");
        addNode(block, "h4", "", group.label);
        for (const measure of group.measures) addSpread(block, measure);
        return block;
      }),
    );
  }

  /** @type {(block: HTMLElement, measure: Measure) => void} */
  function addSpread(block, { title, text, note, mean, band, scores }) {
    const row = addNode(block, "div", "gb-compare-spread");
    addNode(row, "span", "", title);
    addNode(row, "b", "", text);
    const strip = addNode(row, "i");
    const [low, high] = band;
    for (const [name, place] of Object.entries({ "--low": low, "--high": high, "--mean": mean }))
      strip.style.setProperty(name, `${100 * place}%`);
    for (const score of scores) {
      const dot = addNode(strip, "em");
      dot.style.left = `${100 * score.place}%`;
      dot.title = score.title;
    }
    addNode(
      row,
      "small",
      "",
      `${note}; the single scores: ${scores.map((score) => `${score.text} (seed ${score.seed})`).join(", ")}`,
    );
  }

  const whenNear = waitUntilNear(host, life);
  follow(life, "glassbox-runs-compared", ({ ids: ticked }) => {
    ids = ticked || [];
    whenNear(() => askForRuns({ ids }));
  });
  // A run that ends or begins has news for the table.
  follow(life, "glassbox-run", ({ id }) => ids.includes(id) && whenNear(() => askForRuns({ ids })));
  life.signal.addEventListener("abort", () => clearTimeout(timer));
}
