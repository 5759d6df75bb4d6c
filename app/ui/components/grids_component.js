// Pixel grids by themselves, with nothing to point at.

import { redrawOnChange } from "./canvas.js";
import { createGrids } from "./grids.js";

export function mount({ element, props, watch, keptProps }) {
  const grids = element.querySelector(".gb-grids");
  const row = grids.querySelector(".gb-grids-panels");
  const painter = createGrids(row, grids.querySelector(".gb-grids-legend"));

  // Python sends text: Gradio's page would copy nested numbers one by one, several times.
  function takeValue() {
    if (typeof props.value === "string") keptProps.panels = JSON.parse(props.value).panels;
    painter.setPanels(keptProps.panels || []);
  }

  redrawOnChange(row, painter.redraw);
  watch("value", takeValue);
  takeValue();
}
