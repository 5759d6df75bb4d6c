// What a component's script finds on the page and writes there.
/** @import { Props } from "./types.js" */

// Returns what reads one of our own props: as Gradio has it, or as it last was where Gradio has lost it (see read_component_script).
/** @type {(given: { props: Props, keptProps: Props }) => (name: string) => unknown} */
export function makeOwnProp({ props, keptProps }) {
  return (name) => {
    if (props[name] !== undefined) keptProps[name] = props[name];
    return keptProps[name];
  };
}

// The part of a component's own template that a selector names.
/** @type {(root: ParentNode, selector: string) => HTMLElement} */
export const findPart = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/** @type {(root: ParentNode) => HTMLCanvasElement} */
export const findCanvas = (root) => /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));

// Text is written only where it differs, so that a frame without news costs the page no layout.
/** @type {(node: Node, text: string) => void} */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @type {(parent: Node, tag: string, className?: string, text?: string) => HTMLElement} */
export function addNode(parent, tag, className = "", text = "") {
  const node = parent.appendChild(document.createElement(tag));
  node.className = className;
  node.textContent = text;
  return node;
}
