// Pixel grids by themselves, with nothing to point at.
/** @import { Mounted } from "./types.js" */

import { redrawOnChange } from "./canvas.js";
import { createGrids } from "./grids.js";
import { findPart } from "./nodes.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, props, watch, keptProps }) {
  const grids = findPart(element, ".gb-grids");
  const row = findPart(grids, ".gb-grids-panels");
  const painter = createGrids(row, findPart(grids, ".gb-grids-legend"));

  // Python sends text: Gradio's page would copy nested numbers one by one, several times.
  function takeValue() {
    if (typeof props.value === "string") keptProps.panels = JSON.parse(props.value).panels;
    painter.setPanels(keptProps.panels || []);
  }

  redrawOnChange(row, painter.redraw);
  watch("value", takeValue);
  takeValue();
}
