// What a component's script finds on the page and writes there.

// Returns what reads one of our own props: as Gradio has it, or as it last was where Gradio has lost it (see read_component_script).
export function makeOwnProp({ props, keptProps }) {
  return (name) => {
    if (props[name] !== undefined) keptProps[name] = props[name];
    return keptProps[name];
  };
}

// Text is written only where it differs, so that a frame without news costs the page no layout.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function addNode(parent, tag, className = "", text = "") {
  const node = parent.appendChild(document.createElement(tag));
  node.className = className;
  node.textContent = text;
  return node;
}
