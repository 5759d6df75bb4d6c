// How the layers of the chosen run learn: a table with bars for one measured step, and lines over all of them.

/** @import { LayerMoment, Layers } from "../payloads.js" */

import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { describeValue, findScales, placeValue, STUCK } from "./layer_scales.js";

const SVG = "http://www.w3.org/2000/svg";
const LINE_HEIGHT = 20;

// `root` is .gb-runs-layers. What is told of a run that is not chosen any more does not come here.
/** @type {(root: HTMLElement) => { take: (layers: Layers) => void }} */
export function createLayers(root) {
  const absent = findPart(root, ".gb-runs-layers-absent");
  const parts = findPart(root, ".gb-runs-layers-parts");
  const body = findPart(root, "tbody");
  const slider = /** @type {HTMLInputElement} */ (findPart(root, "input"));
  const findings = findPart(root, "ul");
  /** @type {Layers["titles"]} */
  let titles = [];
  /** @type {LayerMoment[]} */
  let moments = []; // in the order of their steps

  /** @type {(layers: Layers) => void} */
  function take(layers) {
    const isAtEnd = layers.is_whole || Number(slider.value) === moments.length - 1;
    if (layers.is_whole) {
      titles = layers.titles;
      moments = [];
    }
    const last = moments.at(-1)?.step ?? 0;
    moments.push(...layers.moments.filter(({ step }) => step > last));
    setText(absent, layers.absent);
    root.hidden = !layers.absent && !moments.length;
    parts.hidden = !moments.length;
    if (!moments.length) return;
    slider.max = `${moments.length - 1}`;
    if (isAtEnd) slider.value = slider.max;
    if (layers.is_whole) layOut();
    drawLines();
    show();
  }

  function layOut() {
    body.replaceChildren();
    for (const { title, about } of titles) {
      const row = addNode(body, "tr");
      const head = addNode(row, "th");
      head.setAttribute("scope", "row");
      addNode(head, "b", "", title);
      addNode(head, "span", "", about);
      for (const name of ["Gradient", "Update \u00f7 weight", "Dead or saturated", "Spread"]) {
        const cell = addNode(row, "td");
        cell.dataset.label = name;
        addNode(cell, "span");
        const bar = addNode(cell, "i");
        bar.setAttribute("aria-hidden", "true");
        const line = cell.appendChild(document.createElementNS(SVG, "svg"));
        line.setAttribute("aria-hidden", "true");
        line.setAttribute("preserveAspectRatio", "none");
        line.append(document.createElementNS(SVG, "line"), document.createElementNS(SVG, "path"));
      }
    }
    for (const node of body.querySelectorAll("tr, th, td")) {
      // A narrow screen lays them out as a grid, which takes their meaning from them.
      node.setAttribute("role", { TR: "row", TH: "rowheader", TD: "cell" }[node.tagName] ?? "");
    }
  }

  // Calls back for each cell with its layer and column.
  /** @type {(draw: (cell: HTMLElement, layer: number, column: number) => void) => void} */
  function eachCell(draw) {
    [...body.children].forEach((row, layer) => {
      [.../** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("td"))].forEach((cell, column) => {
        draw(cell, layer, column);
      });
    });
  }

  function drawLines() {
    const scales = findScales(moments);
    eachCell((cell, layer, column) => {
      const svg = findPart(cell, "svg");
      svg.setAttribute("viewBox", `0 0 ${Math.max(1, moments.length - 1)} ${LINE_HEIGHT}`);
      let path = "";
      let isOn = false;
      moments.forEach((moment, index) => {
        const share = placeValue(moment.layers[layer][column], column, scales, titles[layer].num_units);
        if (share !== null) path += `${isOn ? "L" : "M"}${index} ${(LINE_HEIGHT * (1 - share)).toFixed(2)}`;
        isOn = share !== null;
      });
      findPart(svg, "path").setAttribute("d", path);
    });
  }

  function show() {
    const place = Number(slider.value);
    const moment = moments[place];
    const scales = findScales(moments);
    const step = `step ${formatNumber(moment.step)}`;
    setText(findPart(root, "output"), step);
    slider.setAttribute("aria-valuetext", step);
    eachCell((cell, layer, column) => {
      const value = moment.layers[layer][column];
      const { num_units } = titles[layer];
      const share = placeValue(value, column, scales, num_units);
      setText(findPart(cell, "span"), describeValue(value, column, num_units));
      cell.classList.toggle("is-absent", value === null);
      cell.classList.toggle("is-wrong", typeof value === "string");
      cell.style.setProperty("--share", `${share ?? 0}`);
      const mark = findPart(cell, "line");
      for (const [name, at] of Object.entries({ x1: place, x2: place, y1: 0, y2: LINE_HEIGHT }))
        mark.setAttribute(name, `${at}`);
    });
    const found = new Set(moment.findings.filter(({ is_well }) => !is_well).map(({ layer }) => layer));
    [...body.children].forEach((row, index) => {
      row.classList.toggle("is-found", found.has(index + 1));
    });
    findings.replaceChildren();
    for (const { text, is_well } of moment.findings) addNode(findings, "li", is_well ? "is-well" : "is-cause", text);
    const isStuck = moment.layers.some((row) => row[STUCK] !== null);
    setText(
      findPart(root, ".gb-runs-layers-examples"),
      isStuck && moment.examples ? `Dead: 0 for all ${formatNumber(moment.examples)} images of the last steps. ` : "",
    );
    root.dataset.step = `${moment.step}`;
    root.dataset.moments = `${moments.length}`;
  }

  slider.addEventListener("input", show);
  return { take };
}
