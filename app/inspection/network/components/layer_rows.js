// One row a layer: its name, what it did, its thumbnails. What is chosen and what is known, maps.js says.

/** @import { Shape, Sheet } from "../../../ui/components/types.js" */
/** @import { Unit } from "../payload.js" */
/** @import { Hands, Layer, LayerSheet, MapsState } from "./types.js" */

import { fitCanvas, offsetIn } from "../../../ui/components/canvas.js";
import { MINUS } from "../../../ui/components/numbers.js";
import { arrange, CELL_SIDES, drawSheet, isCells, MAP_SIDES, paint, unitAt } from "../../../ui/components/sheets.js";
import { keyOf } from "./chosen_unit.js";

const GAP_PX = 4;
const ROW_LIMIT_PX = 240; // one layer's thumbnails are no higher, where they can be seen at all
const CELLS_LIMIT_PX = 130;

// `list` holds the rows, `state` is what maps.js knows; choose(target), hold(wanted), openMap() and onKey(event) do what a
// hand on the thumbnails asks for.
/** @type {(list: HTMLElement, state: MapsState, hands: Hands) => { build: (layer: Layer) => HTMLElement, fill: (layer: Layer) => void, paint: (layer: Layer) => void, draw: (layer: Layer, available?: number) => void }} */
export function createLayerRows(list, state, { choose, hold, openMap, onKey }) {
  /** @type {(layer: Layer) => HTMLElement} */
  function build(layer) {
    const row = document.createElement("section");
    row.className = "gb-maps-layer";
    row.dataset.layer = layer.name;
    /** @type {(parent: Node, tag: string, className: string) => HTMLElement} */
    const add = (parent, tag, className) => {
      const node = parent.appendChild(document.createElement(tag));
      node.className = className;
      return node;
    };
    const head = add(row, "div", "gb-maps-head");
    layer.parts = {
      title: add(head, "h3", ""),
      shape: add(head, "b", ""),
      name: add(head, "code", ""),
      scale: add(head, "span", "gb-maps-scale"),
      note: add(row, "p", "gb-maps-note"),
    };
    for (const tag of ["span", "i", "span"]) add(layer.parts.scale, tag, "");
    if (layer.folded) {
      const button = /** @type {HTMLButtonElement} */ (add(head, "button", "gb-maps-fold"));
      layer.parts.fold = button;
      button.type = "button";
      button.addEventListener("click", () => fold(state.layerOf(layer.name)));
    }
    if (layer.filters) layer.parts.filters = addSheet(row, layer, add(row, "p", "gb-maps-filters"));
    if (layer.has_maps) layer.parts.sheet = addSheet(row, layer);
    layer.isOpen = layer.has_maps && !layer.folded;
    layer.row = row;
    return row;
  }

  /** @type {(row: HTMLElement, layer: Layer, label?: HTMLElement | null) => LayerSheet} */
  function addSheet(row, layer, label = null) {
    const holder = row.appendChild(document.createElement("div"));
    holder.className = "gb-maps-sheet";
    const canvas = holder.appendChild(document.createElement("canvas"));
    const mark = holder.appendChild(document.createElement("i"));
    mark.className = "gb-maps-mark";
    mark.hidden = true;
    const { name } = layer;
    const own = () => state.layerOf(name);
    /** @type {LayerSheet} */
    const parts = { holder, canvas, mark, label, sheet: null };
    /** @type {(event: MouseEvent) => Unit} */
    const pointed = (event) => {
      const {
        index,
        row: r,
        column,
      } = unitAt(/** @type {Sheet} */ (parts.sheet), offsetIn(event).x, offsetIn(event).y);
      const isSame = state.chosen.layer === name;
      return {
        layer: name,
        channel: index,
        ...(label
          ? {
              row: isSame ? state.chosen.row : own().strongest[1],
              column: isSame ? state.chosen.column : own().strongest[2],
            }
          : { row: r, column }),
      };
    };
    /** @type {string | null} */
    let touched = null; // the map that a finger had chosen before it came down again
    canvas.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "mouse" ? null : keyOf(state.chosen);
    });
    canvas.addEventListener("pointermove", (event) => {
      const target = pointed(event);
      if (event.pointerType === "mouse" && (!state.isHeld || keyOf(target) === keyOf(state.chosen))) choose(target);
    });
    canvas.addEventListener("click", (event) => {
      choose(pointed(event));
      hold(true);
      // A finger chooses at the first tap and opens at the second.
      if (touched === null || touched === keyOf(state.chosen)) openMap();
    });
    if (label) {
      canvas.setAttribute("role", "img");
      return parts;
    }
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.addEventListener("keydown", onKey);
    canvas.addEventListener("focus", () => {
      if (state.chosen.layer === name || !canvas.matches(":focus-visible")) return;
      const [channel, r, column] = own().strongest;
      choose({ layer: name, channel, row: r, column });
    });
    return parts;
  }

  /** @type {(layer: Layer) => void} */
  function fill(layer) {
    const { title, shape, name, scale, note, fold: button, sheet, filters } = layer.parts;
    title.textContent = layer.title;
    shape.textContent = layer.shape;
    name.textContent = layer.name;
    note.textContent = layer.note;
    const [low, bar, high] = /** @type {HTMLElement[]} */ ([...scale.children]);
    low.textContent = layer.signed ? MINUS + layer.scale_text : "0";
    high.textContent = layer.scale_text;
    const stops = [
      ...(layer.signed ? [state.ramps.colors.negative] : []),
      state.ramps.colors.zero,
      state.ramps.colors.positive,
    ];
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    scale.style.display = layer.has_maps ? "" : "none";
    layer.row.classList.toggle("is-small", !layer.has_maps || layer.folded);
    layer.row.classList.toggle("is-quiet", !layer.has_maps);
    layer.row.classList.toggle("is-openable", layer.openable);
    if (button) {
      button.textContent = layer.isOpen ? "Hide its maps" : "Show its maps";
      button.setAttribute("aria-expanded", String(layer.isOpen));
    }
    if (sheet) {
      sheet.holder.hidden = !layer.isOpen;
      sheet.canvas.setAttribute(
        "aria-label",
        `${layer.title}: ${layer.shape} numbers. ` +
          (isCells(layer) ? "Arrow keys choose a number." : "Arrow keys choose a unit, Page Up and Page Down a map.") +
          (layer.openable ? " Enter opens the map in the window." : ""),
      );
    }
    if (filters?.label && layer.filters) {
      const { count, rows, columns, scale_text: most } = layer.filters;
      filters.label.textContent =
        `Its ${count} learned filters, ${rows} × ${columns}, from ${MINUS}${most} to ${most}; ` +
        "beneath them the maps that they make:";
      filters.canvas.setAttribute("aria-label", `${count} learned filters`);
    }
  }

  /** @type {(layer: Layer) => void} */
  function paintLayer(layer) {
    if (!layer.isOpen || !layer.levels) return;
    const ramp = layer.signed ? state.ramps.signed : state.ramps.plain;
    layer.bitmap = paint(layer.levels, layer.columns, ramp);
    if (layer.filters) layer.filters.bitmap = paint(layer.filters.levels, layer.filters.columns, state.ramps.signed);
  }

  /** @type {(layer: Layer, available?: number) => void} */
  function draw(layer, available = list.clientWidth) {
    if (!layer.isOpen || !layer.bitmap || available < 40) return;
    /** @type {(shape: Shape) => Shape} */
    const shape = ({ count, rows, columns }) => ({ count, rows, columns });
    const sheet = isCells(layer)
      ? arrange(shape(layer), available, CELL_SIDES, CELLS_LIMIT_PX, 2)
      : arrange(shape(layer), available, MAP_SIDES, ROW_LIMIT_PX, GAP_PX);
    putSheet(layer.parts.sheet, layer.bitmap, sheet);
    if (!layer.filters) return;
    // Filters stand as the maps do, each in the same place as its map, but smaller.
    const filters = arrange(
      shape(layer.filters),
      available,
      MAP_SIDES.filter((side) => side <= 56),
      ROW_LIMIT_PX / 2,
      GAP_PX,
    );
    putSheet(layer.parts.filters, layer.filters.bitmap, filters);
  }

  /** @type {(parts: LayerSheet | undefined, bitmap: HTMLCanvasElement, sheet: Sheet & { width: number, height: number }) => void} */
  function putSheet(parts, bitmap, sheet) {
    if (!parts) return;
    parts.sheet = sheet;
    parts.canvas.style.width = `${sheet.width}px`;
    parts.canvas.style.height = `${sheet.height}px`;
    const context = fitCanvas(parts.canvas, sheet.width, sheet.height);
    context.clearRect(0, 0, sheet.width, sheet.height);
    drawSheet(context, bitmap, sheet);
  }

  /** @type {(layer: Layer) => void} */
  function fold(layer) {
    layer.isOpen = !layer.isOpen;
    fill(layer);
    if (!layer.isOpen) return;
    if (layer.levels) {
      paintLayer(layer);
      draw(layer);
    }
    const [channel, row, column] = layer.strongest;
    choose({ layer: layer.name, channel, row, column });
  }

  return { build, fill, paint: paintLayer, draw };
}
