// A table of what a network's layers go through: a bar for each number at one moment, a line through all moments, and what is
// said of the moment.

/** @import { LayerMoment, LayerTitle } from "../payloads.js" */
/** @import { LayerScale, LayerTable } from "./types.js" */

import { describeValue, placeValue } from "./layer_scales.js";
import { addNode, findPart, setText } from "./nodes.js";

const SVG = "http://www.w3.org/2000/svg";
const LINE_HEIGHT = 20;

// `root` is of the class gb-layers, with what `write_layer_table` writes in it.
/** @type {(root: HTMLElement) => LayerTable} */
export function createLayerTable(root) {
  const body = findPart(root, "tbody");
  const findings = findPart(root, ".gb-layers-findings");
  /** @type {LayerTitle[]} */
  let titles = [];
  /** @type {LayerMoment[]} */
  let moments = [];
  /** @type {(LayerScale | null)[]} */
  let scales = [];
  let said = ""; // of the findings, so that their list is built anew only where it differs

  /** @type {LayerTable["setLayers"]} */
  function setLayers(newTitles) {
    titles = newTitles;
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

  /** @type {LayerTable["setMoments"]} */
  function setMoments(newMoments, newScales, numMoments = newMoments.length) {
    moments = newMoments;
    scales = newScales;
    eachCell((cell, layer, column) => {
      const svg = findPart(cell, "svg");
      svg.setAttribute("viewBox", `0 0 ${Math.max(1, numMoments - 1)} ${LINE_HEIGHT}`);
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

  /** @type {LayerTable["show"]} */
  function show(place) {
    const moment = moments[place];
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
    const saying = JSON.stringify(moment.findings);
    if (saying === said) return;
    said = saying;
    findings.replaceChildren();
    for (const { text, is_well } of moment.findings) addNode(findings, "li", is_well ? "is-well" : "is-cause", text);
  }

  return { setLayers, setMoments, show };
}
