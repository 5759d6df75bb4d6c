// Dropout on one image. Python sends the image, the mask and the answers; strips.js draws the answers.

import { fitCanvas, readColors, redrawOnChange } from "../../../ui/components/canvas.js";
import { setText } from "../../../ui/components/nodes.js";
import { createStrips } from "./strips.js";

const MAX_CELL_PX = 18;

export function mount({ element, props, watch, keptProps }) {
  const spread = element.querySelector(".gb-spread");
  const parts = spread.querySelector(".gb-spread-parts");
  const digit = spread.querySelector(".gb-spread-digit");
  const mask = spread.querySelector(".gb-spread-mask");
  const strips = createStrips(spread.querySelector(".gb-strips"));

  let shown = null;  // what Python sent last

  function takeValue() {
    if (typeof props.value === "string" && props.value) keptProps.text = props.value;
    if (!keptProps.text) return;
    shown = JSON.parse(keptProps.text);
    const isAbsent = Boolean(shown.absent);
    parts.hidden = isAbsent;
    setText(spread.querySelector(".gb-strips-absent"), shown.absent || "");
    setText(spread.querySelector(".gb-strips-text"), shown.text || "");
    if (isAbsent) return;
    setText(digit.querySelector("figcaption"), shown.digit.caption);
    setText(mask.querySelector("b"), shown.mask.title);
    setText(mask.querySelector("small"), shown.mask.text);
    mask.querySelector("canvas").setAttribute("aria-label", `Mask of ${shown.mask.title}; ${shown.mask.text}`);
    strips.setRows(shown.rows, shown.verdict);
    draw();
  }

  function draw() {
    if (!shown || shown.absent || !parts.clientWidth) return;
    const colors = readColors(spread, { sunk: "--gb-surface-sunk", ink: "--gb-ink", kept: "--gb-positive", dropped: "--gb-zero" });
    drawDigit(digit.querySelector("canvas").getContext("2d"), colors);
    drawMask(mask.querySelector("canvas"), colors);
  }

  function drawDigit(context, colors) {
    const ink = Uint8Array.from(atob(shown.digit.pixels), (character) => character.charCodeAt(0));
    context.globalAlpha = 1;
    context.fillStyle = colors.sunk;
    context.fillRect(0, 0, 28, 28);
    context.fillStyle = colors.ink;
    ink.forEach((level, index) => {
      context.globalAlpha = level / 255;
      context.fillRect(index % 28, Math.floor(index / 28), 1, 1);
    });
  }

  // One tile a map, a gap between tiles; the cells as large as the width allows.
  function drawMask(canvas, colors) {
    const { kept, tiles, rows, columns, per_row: perRow } = shown.mask;
    const gap = rows * columns > 1 ? 3 : 2;
    const available = Math.min(mask.clientWidth, 420) - gap * (perRow - 1);
    const cell = Math.max(1, Math.min(MAX_CELL_PX, Math.floor(available / (perRow * columns))));
    const [stepX, stepY] = [columns * cell + gap, rows * cell + gap];
    const [width, height] = [perRow * stepX - gap, Math.ceil(tiles / perRow) * stepY - gap];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    for (let index = 0; index < kept.length; index += 1) {
      const tile = Math.floor(index / (rows * columns));
      const place = index % (rows * columns);
      context.fillStyle = kept[index] === "1" ? colors.kept : colors.dropped;
      context.fillRect((tile % perRow) * stepX + (place % columns) * cell,
        Math.floor(tile / perRow) * stepY + Math.floor(place / columns) * cell, cell, cell);
    }
  }

  redrawOnChange(spread, draw);
  watch("value", takeValue);
  takeValue();
}
