// The large map: what a network says over the plane, or what one of its units gives, with the points upon it.
/** @import { Context } from "../../../ui/components/types.js" */
/** @import { PlanePoints } from "../payloads.js" */
/** @import { Kind, Palette, Seen } from "./types.js" */

import { fitCanvas } from "../../../ui/components/canvas.js";
import { findCanvas } from "../../../ui/components/nodes.js";
import { MINUS } from "../../../ui/components/numbers.js";
import { drawShape, SERIES_SHAPES } from "../../../ui/components/series.js";
import { createBitmap, drawEnlarged } from "./bitmap.js";
import { countUnitsBefore, readBytes, traceLevel } from "./moments.js";
import { RANGE, roundPlace, shareOf } from "./plane_place.js";

const AXIS_PX = 20; // left of the map and below it
const FONT = "11px ui-sans-serif, system-ui, sans-serif";

/** @type {(root: HTMLElement) => { canvas: HTMLCanvasElement, forgetPoints: () => void, draw: (seen: Seen, palette: Palette, at: number[] | null) => void }} */
export function createSurface(root) {
  const canvas = findCanvas(root);
  const paint = createBitmap();
  const layer = document.createElement("canvas"); // the points, painted once for each size and theme
  let painted = "";

  /** @type {(seen: Seen, palette: Palette, at: number[] | null) => void} */
  function draw(seen, palette, at) {
    const side = Math.min(canvas.clientWidth, canvas.clientHeight) - AXIS_PX;
    if (side < 40) return;
    const context = fitCanvas(canvas, canvas.clientWidth, canvas.clientHeight);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    drawMap(context, seen, palette, side);
    drawAxes(context, palette, side);
    paintPoints(seen.points, seen.pointKind, palette, side);
    context.drawImage(layer, AXIS_PX, 0, side, side);
    if (at) drawPlace(context, at, palette, side);
  }

  /** @type {(context: Context, seen: Seen, palette: Palette, side: number) => void} */
  function drawMap(context, { network, kind, moment, unit }, palette, side) {
    const cells = unit ? network.side : network.surface_side;
    const count = cells * cells;
    const { surface } = moment;
    let bytes = surface;
    /** @type {(place: number) => number} */
    let colorOf = (place) => (kind === "values" ? palette.pale : palette.probability)[surface[place]];
    if (unit) {
      const number = unit.layer < 0 ? unit.unit : countUnitsBefore(network.layers, unit.layer, unit.unit);
      const maps = unit.layer < 0 ? readBytes(network.input_maps) : moment.maps;
      bytes = maps.subarray(number * count, (number + 1) * count);
      colorOf = (place) => palette.pale[bytes[place]];
    } else if (kind === "classes") {
      colorOf = (place) => (palette.classes[surface[place]] ?? palette.classes[0])[surface[count + place]];
    }
    const bitmap = paint(cells, cells, colorOf);
    drawEnlarged(context, bitmap, cells, 0, [AXIS_PX, 0, side, side]);
    if (unit || kind !== "classes")
      drawLevel(context, bytes, cells, kind === "two" && !unit ? 127.5 : 128, palette, side);
  }

  // Where the network is undecided, or the number is 0.
  /** @type {(context: Context, bytes: Uint8Array, cells: number, level: number, palette: Palette, side: number) => void} */
  function drawLevel(context, bytes, cells, level, { colors }, side) {
    const parts = traceLevel(bytes, cells, level);
    context.beginPath();
    for (let k = 0; k < parts.length; k += 4) {
      context.moveTo(AXIS_PX + parts[k] * side, parts[k + 1] * side);
      context.lineTo(AXIS_PX + parts[k + 2] * side, parts[k + 3] * side);
    }
    context.lineCap = "round";
    for (const [color, width] of /** @type {[string, number][]} */ ([
      [colors.surface, 4],
      [colors.text, 1.75],
    ])) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.stroke();
    }
  }

  /** @type {(context: Context, palette: Palette, side: number) => void} */
  function drawAxes(context, { colors }, side) {
    context.strokeStyle = colors.lineStrong;
    context.lineWidth = 1;
    context.strokeRect(AXIS_PX + 0.5, 0.5, side - 1, side - 1);
    context.fillStyle = colors.label;
    context.font = FONT;
    context.textBaseline = "middle";
    for (let value = -RANGE; value <= RANGE; value += 3) {
      const text = value < 0 ? `${MINUS}${-value}` : `${value}`;
      const [across, down] = shareOf(value, value);
      context.textAlign = value === -RANGE ? "left" : value === RANGE ? "right" : "center";
      context.fillText(text, AXIS_PX + across * side, side + 12);
      context.textAlign = "right";
      context.fillText(text, AXIS_PX - 5, Math.min(side - 6, Math.max(6, down * side)));
    }
  }

  /** @type {(points: PlanePoints, kind: Kind, palette: Palette, side: number) => void} */
  function paintPoints(points, kind, palette, side) {
    const key = [side, window.devicePixelRatio, ...Object.values(palette.colors), kind].join();
    if (key === painted) return;
    painted = key;
    const context = fitCanvas(layer, side, side);
    context.clearRect(0, 0, side, side);
    const size = (side < 240 ? 0.46 : 0.6) * (points.x.length > 300 ? 0.85 : 1);
    points.x.forEach((x, index) => {
      const [across, down] = shareOf(x, points.y[index]);
      if (across < 0 || across > 1 || down < 0 || down > 1) return;
      const label = points.labels[index];
      const color = kind === "values" ? palette.ofValue(label) : palette.ofClass(label);
      const shape = SERIES_SHAPES[kind === "classes" ? label : 0] ?? SERIES_SHAPES[0];
      const [px, py] = [across * side, down * side];
      const { surface, label: soft } = palette.colors;
      const halo = kind === "values" ? soft : surface; // a value near 0 has the surface's colour itself
      if (points.is_test[index]) {
        drawShape(context, shape, px, py, { color, halo, size });
        drawShape(context, shape, px, py, { color: surface, halo: "transparent", size: size * 0.55 });
      } else {
        drawShape(context, shape, px, py, { color, halo, size });
      }
    });
  }

  /** @type {(context: Context, at: number[], palette: Palette, side: number) => void} */
  function drawPlace(context, [x, y], { colors }, side) {
    const [across, down] = shareOf(x, y);
    const [px, py] = [AXIS_PX + across * side, down * side];
    for (const [color, width] of /** @type {[string, number][]} */ ([
      [colors.surface, 4],
      [colors.accent, 2],
    ])) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc(px, py, 7, 0, 2 * Math.PI);
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        context.moveTo(px + 7 * dx, py + 7 * dy);
        context.lineTo(px + 13 * dx, py + 13 * dy);
      }
      context.stroke();
    }
  }

  return {
    canvas,
    forgetPoints: () => {
      painted = "";
    },
    draw,
  };
}

// Where in the plane a pointer over the surface's canvas is; null beside the map.
/** @type {(event: { clientX: number, clientY: number }, canvas: HTMLCanvasElement) => number[] | null} */
export function placeOnSurface(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const zoom = box.width / canvas.clientWidth || 1; // the page is enlarged for presenting
  const side = Math.min(canvas.clientWidth, canvas.clientHeight) - AXIS_PX;
  const across = ((event.clientX - box.left) / zoom - AXIS_PX) / side;
  const down = (event.clientY - box.top) / zoom / side;
  if (across < 0 || across > 1 || down < 0 || down > 1) return null;
  return [across * 2 - 1, 1 - down * 2].map((share) => roundPlace(share * RANGE));
}
