// Sheets: many small maps of bytes side by side, as large as their place allows, in the colours of the theme.
/** @import { Colors, Context, Ramps, Shape, Sheet, Unit } from "./types.js" */

import { channelsOf, contextOf, fitCanvas, readColors } from "./canvas.js";

export const MAP_SIDES = [112, 98, 84, 70, 56, 49, 42, 35, 28, 21, 17.5, 14, 10.5];
export const CELL_SIDES = [22, 18, 16, 14, 12, 10, 8, 6, 4];

/** @type {(shape: Shape) => boolean} */
export const isCells = (shape) => shape.rows === 1 && shape.columns === 1;
/** @type {(value: number, most: number) => number} */
export const clamp = (value, most) => Math.min(most, Math.max(0, value));

/** @type {(text: string) => Uint8Array} */
export function decode(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

// ---- Colours

// The theme's colours, and for each kind of scale the colour of every byte.
/** @type {(host: Element) => Ramps} */
export function readRamps(host) {
  const colors = readColors(host, {
    zero: "--gb-zero",
    positive: "--gb-positive",
    negative: "--gb-negative",
    ink: "--gb-ink",
    sunk: "--gb-surface-sunk",
    accent: "--gb-accent",
    surface: "--gb-surface",
  });
  const [zero, positive, negative, ink, sunk] = [
    colors.zero,
    colors.positive,
    colors.negative,
    colors.ink,
    colors.sunk,
  ].map(channelsOf);
  /** @type {(share: (byte: number) => [number[], number[], number]) => Uint32Array} */
  const ramp = (share) => {
    const view = new Uint8Array(4 * 256);
    for (let byte = 0; byte < 256; byte += 1) {
      const [from, to, by] = share(byte);
      for (let index = 0; index < 3; index += 1) view[4 * byte + index] = from[index] + (to[index] - from[index]) * by;
      view[4 * byte + 3] = 255;
    }
    return new Uint32Array(view.buffer);
  };
  return {
    colors,
    signed: ramp((byte) => [zero, byte < 128 ? negative : positive, Math.min(1, Math.abs(byte - 128) / 127)]),
    plain: ramp((byte) => [zero, positive, byte / 255]),
    ink: ramp((byte) => [sunk, ink, byte / 255]),
  };
}

// ---- Painting: all maps of a layer as one small bitmap, one below the other, from which the screen's copies are scaled

/** @type {(bytes: Uint8Array, width: number, ramp: Uint32Array) => HTMLCanvasElement} */
export function paint(bytes, width, ramp) {
  const bitmap = document.createElement("canvas");
  bitmap.width = width;
  bitmap.height = bytes.length / width;
  const context = contextOf(bitmap);
  const pixels = context.createImageData(bitmap.width, bitmap.height);
  const target = new Uint32Array(pixels.data.buffer);
  for (let i = 0; i < bytes.length; i += 1) target[i] = ramp[bytes[i]];
  context.putImageData(pixels, 0, 0);
  return bitmap;
}

// A sheet: `count` maps of rows × columns numbers, `across` in a row, each `cell` pixels a number, `gap` between two.
/** @type {(context: Context, bitmap: CanvasImageSource, sheet: Sheet, first?: number) => void} */
export function drawSheet(context, bitmap, sheet, first = 0) {
  const [width, height] = [sheet.columns * sheet.cell, sheet.rows * sheet.cell];
  const ratio = window.devicePixelRatio || 1;
  context.imageSmoothingEnabled = sheet.cell < 4 && (sheet.cell * ratio) % 1 > 0;
  for (let i = 0; i < sheet.count; i += 1) {
    const [x, y] = placeOf(sheet, i);
    context.drawImage(bitmap, 0, (first + i) * sheet.rows, sheet.columns, sheet.rows, x, y, width, height);
  }
}

/** @type {(sheet: Sheet, index: number) => [number, number]} */
export function placeOf(sheet, index) {
  return [
    (index % sheet.across) * (sheet.columns * sheet.cell + sheet.gap) + sheet.left,
    Math.floor(index / sheet.across) * (sheet.rows * sheet.cell + sheet.gap) + sheet.top,
  ];
}

/** @type {(sheet: Sheet, x: number, y: number) => Unit} */
export function unitAt(sheet, x, y) {
  const [pitchX, pitchY] = [sheet.columns * sheet.cell + sheet.gap, sheet.rows * sheet.cell + sheet.gap];
  const across = clamp(Math.floor((x - sheet.left) / pitchX), sheet.across - 1);
  const down = Math.max(0, Math.floor((y - sheet.top) / pitchY));
  const index = clamp(down * sheet.across + across, sheet.count - 1);
  const [left, top] = placeOf(sheet, index);
  return {
    index,
    row: clamp(Math.floor((y - top) / sheet.cell), sheet.rows - 1),
    column: clamp(Math.floor((x - left) / sheet.cell), sheet.columns - 1),
  };
}

// The largest thumbnails with which the layer keeps to its height.
/** @type {(shape: Shape, available: number, sides: number[], limit: number, gap: number) => Sheet & { width: number, height: number }} */
export function arrange(shape, available, sides, limit, gap) {
  const longer = Math.max(shape.rows, shape.columns);
  const sheets = sides.map((side) => {
    const cell = side / longer;
    const across = Math.min(shape.count, Math.max(1, Math.floor((available + gap) / (shape.columns * cell + gap))));
    const down = Math.ceil(shape.count / across);
    return {
      ...shape,
      cell,
      gap,
      across,
      left: 0,
      top: 0,
      width: across * (shape.columns * cell + gap) - gap,
      height: down * (shape.rows * cell + gap) - gap,
    };
  });
  return sheets.find(({ width, height }) => height <= limit && width <= available) ?? sheets[sheets.length - 1];
}

// All slices within a square, as large as they can be.
/** @type {(shape: Shape, side: number) => Sheet} */
export function fitSquare(shape, side) {
  let best = { across: 1, down: 1, cell: 0 };
  const gap = isCells(shape) ? (shape.count > 150 ? 0 : 1) : 2;
  for (let across = 1; across <= shape.count; across += 1) {
    const down = Math.ceil(shape.count / across);
    const cell = Math.min(
      (side - gap * (across - 1)) / (across * shape.columns),
      (side - gap * (down - 1)) / (down * shape.rows),
    );
    if (cell > best.cell) best = { across, down, cell };
  }
  const { across, down, cell } = best;
  const left = (side - across * (shape.columns * cell + gap) + gap) / 2;
  return { ...shape, cell, gap, across, left, top: (side - down * (shape.rows * cell + gap) + gap) / 2 };
}

/** @type {(figure: Element) => [Context, number]} */
export function openSquare(figure) {
  const canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas"));
  const side = /** @type {Element} */ (figure.firstElementChild).clientWidth;
  const context = fitCanvas(canvas, side, side);
  canvas.style.cssText = `width: ${side}px; height: ${side}px`;
  context.clearRect(0, 0, side, side);
  return [context, side];
}

// A light edge around the accent keeps the frame visible on every value.
/** @type {(context: Context, colors: Colors, box: number[], side: number) => void} */
export function drawFrame(context, colors, [x, y, width, height], side) {
  for (const { color, thickness } of [
    { color: colors.surface, thickness: 5 },
    { color: colors.accent, thickness: 3 },
  ]) {
    context.strokeStyle = color;
    context.lineWidth = thickness;
    const [left, top] = [Math.max(2, x - 1), Math.max(2, y - 1)];
    context.strokeRect(left, top, Math.min(side - 2, x + width + 1) - left, Math.min(side - 2, y + height + 1) - top);
  }
}

// An image of 28 × 28 bytes in the theme's ink, one canvas pixel a pixel.
/** @type {(canvas: HTMLCanvasElement, pixels: string, ramp: Uint32Array) => void} */
export function paintInk(canvas, pixels, ramp) {
  canvas.width = canvas.height = 28;
  contextOf(canvas).drawImage(paint(decode(pixels), 28, ramp), 0, 0);
}
