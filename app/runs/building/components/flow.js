// The picture of a network: a block a layer, of which one may be marked.
/** @import { Block, Output } from "./types.js" */

import { WHOLE } from "../../../ui/components/numbers.js";
import { layOutFlow } from "./flow_layout.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 104;
const LABEL = 22;
const LETTER = 6.6; // px of a label, about

/** @type {(parent: Element, tag: string, attributes: Record<string, string | number>) => Element} */
function addShape(parent, tag, attributes) {
  const node = parent.appendChild(document.createElementNS(NAMESPACE, tag));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
  return node;
}

/** @type {(sizes: number[]) => string} */
export const writeSizes = (sizes) => sizes.map((size) => WHOLE.format(size)).join("\u00b7");

/** @type {(block: Block) => string} */
function drawSides({ x, y, width, height, back }) {
  const [right, top] = [x + width, y - back / 2];
  return `M${x} ${y}l${back} ${top - y}h${width}v${height}l${-back} ${y - top}M${right} ${y}l${back} ${top - y}`;
}

// `pick` is called with the key of a block that is pressed, `point` with that of one under the pointer, or null.
/** @type {(svg: SVGSVGElement, caption: HTMLElement, given: { pick: (key: number) => void, point: (key: number | null) => void }) => { draw: (outputs: (Output & { name: string })[]) => void, fit: () => void, mark: (key: number | null, pointed: number | null) => void }} */
export function createFlow(svg, caption, { pick, point }) {
  /** @type {(Output & { name: string })[]} */
  let shown = [];
  let drawn = "";
  let width = 0; // asked for once a size: to ask lays the whole page out

  /** @type {(outputs: (Output & { name: string })[]) => void} */
  function draw(outputs) {
    shown = outputs;
    if (!width) fit();
    const text = JSON.stringify([outputs, width]);
    if (text === drawn) return;
    drawn = text;
    const { blocks, perPixel, perChannel } = layOutFlow(outputs, width - 44, HEIGHT);
    svg.setAttribute("viewBox", `-8 -10 ${width} ${HEIGHT + LABEL + 22}`);
    svg.setAttribute("width", `${width}`);
    svg.setAttribute("height", `${HEIGHT + LABEL + 22}`);
    svg.replaceChildren();
    let free = -Infinity; // where the last label ended
    blocks.forEach((block, index) => {
      const group = addShape(svg, "g", { class: `is-${block.shape}${block.isWrong ? " is-misfit" : ""}` });
      group.setAttribute("data-key", `${block.key}`);
      addShape(group, "title", {}).textContent = index ? tell(shown[index - 1]) : "The image: 1\u00b728\u00b728";
      if (block.shape === "maps") addShape(group, "path", { d: drawSides(block), class: "is-side" });
      addShape(group, "rect", { x: block.x, y: block.y, width: block.width, height: block.height });
      // What a pointer finds: also of a thin one.
      addShape(group, "rect", { x: block.x - 3, y: -8, width: block.width + 6, height: HEIGHT + 16, class: "is-hit" });
      if (block.shape === "plate" || block.shape === "wrong") return;
      const label = writeSizes(block.sizes);
      const middle = block.x + block.width / 2;
      const start = middle - (label.length * LETTER) / 2;
      if (start < free) return;
      free = start + label.length * LETTER + 8;
      addShape(group, "text", { x: Math.max(-6, start), y: HEIGHT + LABEL }).textContent = label;
    });
    const features = blocks.some(({ shape }) => shape === "features")
      ? " Bars are features, the tallest the most."
      : "";
    caption.textContent = `To scale: a map of 28 pixels is ${Math.round(28 * perPixel)} px high, and 10 channels are ${(10 * perChannel).toPrecision(2)} px wide.${features}`;
  }

  function fit() {
    width = Math.max(240, svg.parentElement?.clientWidth ?? 0);
  }

  /** @type {(output: Output & { name: string }) => string} */
  const tell = ({ name, sizes }) => `${name}: ${sizes.length ? writeSizes(sizes) : "does not fit"}`;

  /** @type {(key: number | null, pointed: number | null) => void} */
  function mark(key, pointed) {
    for (const group of svg.querySelectorAll("g")) {
      const own = Number(group.dataset.key);
      group.classList.toggle("is-marked", own > 0 && own === key);
      group.classList.toggle("is-pointed", own > 0 && own === pointed);
    }
  }

  /** @type {(event: Event) => number | null} */
  function findKey(event) {
    const group = /** @type {Element} */ (event.target).closest("g");
    return Number(group?.getAttribute("data-key")) || null;
  }

  svg.addEventListener("pointerover", (event) => point(findKey(event)));
  svg.addEventListener("pointerleave", () => point(null));
  svg.addEventListener("click", (event) => {
    const key = findKey(event);
    if (key) pick(key);
  });
  return { draw, fit, mark };
}
