// A run's results on the test images. Python sends counts, texts and images; this script lays them out.

/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { AnsweredImage, ConfusionCell, Results } from "../payloads.js" */
/** @import { CellPlace } from "./types.js" */

import { createAsker, readAnswer } from "../../ui/components/asking.js";
import { redrawOnChange } from "../../ui/components/canvas.js";
import { waitUntilNear, watchLifetime } from "../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { paintInk, readRamps } from "../../ui/components/sheets.js";
import { describeCell, describeShades, findWorst, moveCell, shadeCell, tellMistakes } from "./confusion_cells.js";
import { follow } from "./focus.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, server }) {
  const host = findPart(element, ".gb-confusion");
  const life = watchLifetime(host);
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const table = find(".gb-confusion-table");
  const cellPart = find(".gb-confusion-cell");
  const mistakesPart = find(".gb-confusion-mistakes");

  /** @type {Results & { error?: string, absent?: string }} */
  let shown; // what Python sent last; none at first
  /** @type {CellPlace} */
  let chosen = [0, 0]; // row and column of the cell that is looked at
  /** @type {HTMLButtonElement[]} */
  let cells = []; // the table's buttons, row by row
  /** @type {Map<HTMLCanvasElement, string>} */
  let images = new Map(); // canvas -> its pixels
  let isMine = false; // the visitor has chosen the cell

  // ---- Which run

  const askForResults = createAsker(
    (request) => server.results(request),
    (text) => takeResults(readAnswer(text)),
  );

  /** @type {(answer: any) => void} */
  function takeResults(answer) {
    const isOther = !shown || shown.id !== answer.id;
    if (!isOther && JSON.stringify(answer) === JSON.stringify(shown)) return;
    shown = answer;
    const absent = answer.error || answer.absent || "";
    setText(find(".gb-confusion-absent"), absent);
    find(".gb-confusion-parts").hidden = Boolean(absent);
    host.dataset.run = "";
    if (absent) return;
    setText(find("h3"), answer.title);
    const [score, note] = /** @type {HTMLElement[]} */ ([...find(".gb-confusion-score").children]);
    setText(score, answer.accuracy);
    score.title = answer.accuracy_title;
    setText(note, answer.score);
    setText(find(".gb-confusion-meaning"), answer.meaning);
    setText(find(".gb-confusion-looks"), answer.looks);
    if (isOther) images = new Map();
    fillTable();
    fillClasses();
    setText(findPart(mistakesPart, "p"), tellMistakes(shown));
    fillImages(findPart(mistakesPart, ".gb-confusion-images"), answer.mistakes, true);
    if (isOther || !isMine) {
      chosen = findWorst(shown.matrix);
      isMine = false;
    }
    choose(chosen, false);
    host.dataset.run = answer.id;
  }

  // ---- The matrix

  function fillTable() {
    const { classes, matrix, most } = shown;
    const grid = document.createElement("table");
    grid.setAttribute("role", "grid");
    grid.setAttribute("aria-label", "Confusion matrix: a row for what was shown, a column for what was answered");
    grid.classList.toggle("has-words", !shown.is_digits);
    const heads = addNode(addNode(grid, "thead"), "tr");
    addNode(heads, "td", "gb-confusion-corner", "shown \u2193\nanswer \u2192");
    for (const name of classes) addNode(addHead(heads, "col"), "span", "", name);
    const body = addNode(grid, "tbody");
    cells = [];
    matrix.forEach((counts, row) => {
      const line = addNode(body, "tr");
      addHead(line, "row").textContent = classes[row];
      counts.forEach((count, column) => {
        const isRight = row === column;
        const text = count ? formatNumber(count) : "\u00b7";
        const button = /** @type {HTMLButtonElement} */ (
          addNode(addNode(line, "td"), "button", isRight ? "is-right" : "", text)
        );
        button.type = "button";
        button.tabIndex = -1;
        button.title = describeCell([row, column], count, classes);
        button.setAttribute("aria-label", button.title);
        if (count && !isRight) button.style.setProperty("--share", `${shadeCell(count, most)}`);
        button.addEventListener("click", () => {
          isMine = true;
          choose([row, column], true);
        });
        cells.push(button);
      });
    });
    const hadFocus = table.contains(document.activeElement);
    table.replaceChildren(grid);
    markCell();
    if (hadFocus) chosenCell().focus();
    const key = find(".gb-confusion-key");
    key.hidden = !most;
    setText(/** @type {Node} */ (key.lastChild), describeShades(most));
  }

  /** @type {(line: HTMLElement, scope: string) => HTMLElement} */
  function addHead(line, scope) {
    const head = /** @type {HTMLTableCellElement} */ (addNode(line, "th"));
    head.scope = scope;
    return head;
  }

  const chosenCell = () => cells[shown.classes.length * chosen[0] + chosen[1]];

  function markCell() {
    for (const button of cells) {
      const isChosen = button === chosenCell();
      button.tabIndex = isChosen ? 0 : -1;
      button.parentElement?.setAttribute("aria-selected", String(isChosen));
    }
  }

  table.addEventListener("keydown", (event) => {
    const place = moveCell(chosen, event.key, shown.classes.length - 1);
    if (!place || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    isMine = true;
    choose(place, true);
    chosenCell().focus();
  });

  // ---- The images of a cell

  const askForCell = createAsker(
    (request) => server.cell(request),
    (text) => takeCell(readAnswer(text)),
  );

  /** @type {(place: CellPlace, isNew: boolean) => void} */
  function choose(place, isNew) {
    chosen = place;
    markCell();
    if (isNew || !cellPart.dataset.cell?.startsWith(`${shown.id}/`)) {
      cellPart.setAttribute("aria-busy", "true");
      askForCell({ id: shown.id, row: chosen[0], column: chosen[1] });
    }
  }

  /** @type {(answer: Partial<ConfusionCell> & { error?: string }) => void} */
  function takeCell(answer) {
    cellPart.removeAttribute("aria-busy");
    const [title, text, list] = /** @type {HTMLElement[]} */ ([...cellPart.children]);
    setText(title, answer.title || "The images of a cell");
    setText(text, answer.error || answer.text || "");
    fillImages(list, answer.images || [], false);
    cellPart.dataset.cell = `${shown.id}/${chosen.join("/")}`;
  }

  /** @type {(list: HTMLElement, given: AnsweredImage[], hasAnswer: boolean) => void} */
  function fillImages(list, given, hasAnswer) {
    for (const canvas of list.querySelectorAll("canvas")) images.delete(canvas);
    list.replaceChildren(
      ...given.map((one) => {
        const figure = document.createElement(one.link ? "a" : "figure");
        if (figure instanceof HTMLAnchorElement) figure.href = one.link;
        figure.title = one.title + (one.link ? ". Open it in Conv & pool." : "");
        const canvas = /** @type {HTMLCanvasElement} */ (addNode(figure, "canvas"));
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", `No. ${one.index}: a ${one.shown}, read as ${one.answered}`);
        images.set(canvas, one.pixels);
        if (hasAnswer) addNode(figure, "b", "", `${one.shown} read as ${one.answered}`);
        addNode(figure, "span", "", `${one.confidence} confident`);
        addNode(figure, "small", "", `No. ${formatNumber(one.index)}`);
        return figure;
      }),
    );
    drawImages(list);
  }

  /** @type {(list: Element) => void} */
  function drawImages(list) {
    const { ink } = readRamps(host);
    for (const canvas of list.querySelectorAll("canvas")) {
      const pixels = images.get(canvas); // none where another run has taken the place of the one shown
      if (pixels) paintInk(canvas, pixels, ink);
    }
  }

  // ---- Each class

  function fillClasses() {
    const list = find(".gb-confusion-classes");
    const highest = Math.max(0.001, ...shown.per_class.map((one) => one.high));
    list.replaceChildren(
      ...shown.per_class.map((one, label) => {
        const item = document.createElement("li");
        item.title = one.title || "";
        addNode(item, "b", "", shown.classes[label]);
        const bar = addNode(item, "span", "gb-confusion-bar");
        const place = { "--misread": one.misread, "--low": one.low, "--high": one.high };
        for (const [name, share] of Object.entries(place)) bar.style.setProperty(name, `${(100 * share) / highest}%`);
        for (const part of ["i", "em"]) addNode(bar, part);
        addNode(item, "span", "", one.text);
        addNode(item, "span", "", one.accuracy);
        return item;
      }),
    );
    setText(
      find(".gb-confusion-scale"),
      `The longest line ends at ${formatNumber(100 * highest)}%. A bar is the share misread, ` +
        "the line on it its 95% interval; on the right the share read correctly.",
    );
  }

  redrawOnChange(host, () => {
    if (!shown || shown.error || shown.absent) return;
    for (const list of host.querySelectorAll(".gb-confusion-images")) drawImages(list);
  });
  const whenNear = waitUntilNear(host, life);
  follow(life, "glassbox-run", ({ id, known }) => whenNear(() => askForResults({ id, known: known || [] })));
}
