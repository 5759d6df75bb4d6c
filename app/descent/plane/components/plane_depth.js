// The grid of deep networks at their start: a row an activation, a column an initialisation, a curve a depth.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PlaneDepthCell, PlaneDepths } from "../payloads.js" */

import { readAnswer } from "../../../ui/components/asking.js";
import { watchLifetime } from "../../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../../ui/components/nodes.js";
import { drawSizes, HEIGHT, tellSizes, WIDTH } from "./depth_scale.js";

const SVG = "http://www.w3.org/2000/svg";

/** @type {(given: Mounted) => void} */
export function mount({ element, server }) {
  const root = findPart(element, ".gb-plane-depth");
  const state = findPart(root, ".gb-plane-depth-state");
  const select = /** @type {HTMLSelectElement} */ (findPart(root, "select"));
  /** @type {PlaneDepths | null} */
  let grid = null;
  let isAsking = false;

  async function ask() {
    if (grid || isAsking) return;
    isAsking = true;
    setText(state, "Measuring \u2026");
    const answer = readAnswer(await server.measure({}));
    isAsking = false;
    setText(state, answer.error ?? "");
    if (answer.error) return;
    grid = answer;
    draw();
  }

  function draw() {
    if (!grid) return;
    const [head, body] = ["thead", "tbody"].map((name) => findPart(root, name));
    head.replaceChildren();
    body.replaceChildren();
    const titles = addNode(head, "tr");
    addNode(titles, "td");
    for (const title of grid.initialisations) addNode(titles, "th", "", title).setAttribute("scope", "col");
    for (const cells of grid.rows) {
      const row = addNode(body, "tr");
      addNode(row, "th", "", cells[0].activation).setAttribute("scope", "row");
      for (const cell of cells) drawCell(addNode(row, "td"), cell);
    }
  }

  /** @type {(host: HTMLElement, cell: PlaneDepthCell) => void} */
  function drawCell(host, cell) {
    const what = /** @type {"spreads" | "gradients"} */ (select.value);
    const link = /** @type {HTMLAnchorElement} */ (addNode(host, "a"));
    link.href = `?${cell.link}`;
    const told = cell.curves.map((curve) => tellSizes(curve, curve[what])).join("; ");
    link.setAttribute("aria-label", `${cell.activation}, ${cell.initialisation}. ${told}`);
    link.title = told;
    const svg = link.appendChild(document.createElementNS(SVG, "svg"));
    svg.setAttribute("viewBox", `-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`);
    svg.setAttribute("aria-hidden", "true");
    const longest = Math.max(...cell.curves.map(({ depth }) => depth));
    cell.curves.forEach((curve, index) => {
      const path = svg.appendChild(document.createElementNS(SVG, "path"));
      path.setAttribute("d", drawSizes(curve[what], longest));
      path.style.opacity = `${0.4 + (0.6 * index) / (cell.curves.length - 1)}`; // the deepest darkest
    });
  }

  const { signal } = watchLifetime(root);
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) ask();
  });
  observer.observe(root);
  signal.addEventListener("abort", () => observer.disconnect());
  select.addEventListener("change", draw);
}
