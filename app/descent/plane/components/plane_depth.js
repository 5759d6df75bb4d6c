// The grid of deep networks at their start: a row an activation, a column an initialisation, a curve a depth.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PlaneDepthCell, PlaneDepths } from "../payloads.js" */

import { readAnswer } from "../../../ui/components/asking.js";
import { watchLifetime } from "../../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../../ui/components/nodes.js";
import { linkSelect } from "../../../ui/components/select_link.js";
import { drawSizes, HEIGHT, placeSize, shadeCurve, tellAxes, tellSizes, WIDTH } from "./depth_scale.js";

const SVG = "http://www.w3.org/2000/svg";

/** @type {(host: Element, height: number) => Element} */
function addPicture(host, height) {
  const svg = host.appendChild(document.createElementNS(SVG, "svg"));
  svg.setAttribute("viewBox", `-2 -2 ${WIDTH + 4} ${height + 4}`);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** @type {(svg: Element, path: string, opacity: string) => Element} */
function addPath(svg, path, opacity) {
  const drawn = /** @type {SVGPathElement} */ (svg.appendChild(document.createElementNS(SVG, "path")));
  drawn.setAttribute("d", path);
  drawn.style.opacity = opacity;
  return drawn;
}

/** @type {(y: number, width: number) => string} */
const drawLevel = (y, width) => `M0 ${y.toFixed(1)}L${width.toFixed(1)} ${y.toFixed(1)}`;

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
    drawLegend(answer);
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

  // As long and as dark as the curve of each depth.
  /** @type {(grid: PlaneDepths) => void} */
  function drawLegend({ rows }) {
    const legend = findPart(root, ".gb-plane-depth-legend");
    const list = findPart(legend, "ul");
    const depths = rows[0][0].curves.map(({ depth }) => depth);
    const longest = Math.max(...depths);
    depths.forEach((depth, index) => {
      const entry = addNode(list, "li");
      const svg = addPicture(entry, HEIGHT / 4);
      addPath(svg, drawLevel(HEIGHT / 8, (WIDTH * (depth - 1)) / (longest - 1)), shadeCurve(index, depths.length));
      addNode(entry, "span", "", `${depth} layers`);
    });
    setText(findPart(legend, "p"), tellAxes(longest));
    legend.hidden = false;
  }

  /** @type {(host: HTMLElement, cell: PlaneDepthCell) => void} */
  function drawCell(host, cell) {
    const what = /** @type {"spreads" | "gradients"} */ (select.value);
    const link = /** @type {HTMLAnchorElement} */ (addNode(host, "a"));
    link.href = `?${cell.link}`;
    const told = cell.curves.map((curve) => tellSizes(curve, curve[what])).join("; ");
    link.setAttribute("aria-label", `${cell.activation}, ${cell.initialisation}. ${told}`);
    link.title = told;
    const svg = addPicture(link, HEIGHT);
    addPath(svg, drawLevel(/** @type {number} */ (placeSize(1)), WIDTH), "").setAttribute(
      "class",
      "gb-plane-depth-one",
    );
    const longest = Math.max(...cell.curves.map(({ depth }) => depth));
    cell.curves.forEach((curve, index) => {
      addPath(svg, drawSizes(curve[what], longest), shadeCurve(index, cell.curves.length));
    });
  }

  const { signal } = watchLifetime(root);
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) ask();
  });
  observer.observe(root);
  signal.addEventListener("abort", () => observer.disconnect());
  linkSelect(select, "descent/network", "depths");
  select.addEventListener("change", draw);
}
