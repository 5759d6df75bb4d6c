// The colours of the plane: class 1 and what is positive orange, class 0 and what is negative blue, further classes in the
// charts' own colours. How sure a network is stands in how full the colour is.
/** @import { Palette } from "./types.js" */

import { channelsOf, readColors } from "../../../ui/components/canvas.js";
import { keepWithin } from "../../../ui/components/numbers.js";

const NAMES = {
  positive: "--gb-positive",
  negative: "--gb-negative",
  third: "--gb-series-3",
  fourth: "--gb-series-4",
  zero: "--gb-zero",
  surface: "--gb-surface",
  text: "--gb-text",
  label: "--gb-text-soft",
  line: "--gb-line",
  lineStrong: "--gb-line-strong",
  accent: "--gb-accent",
};
const PALE = 0.6; // how full a colour is beneath points of the same colour
const FULL = 0.95;

/** @type {(host: Element) => Palette} */
export function readPalette(host) {
  const colors = readColors(host, NAMES);
  const ground = channelsOf(colors.surface);
  const classes = [colors.negative, colors.positive, colors.third, colors.fourth];
  const channels = classes.map(channelsOf);

  /** @type {(share: number, strength: number) => number[]} */
  const mixSigned = (share, strength) => mix(ground, channels[share < 0 ? 0 : 1], Math.abs(share) * strength);
  /** @type {(strength: number) => Uint32Array} */
  const buildSigned = (strength) => buildTable((byte) => mixSigned(keepWithin((byte - 128) / 127, -1, 1), strength));
  return {
    colors,
    signed: buildSigned(FULL),
    pale: buildSigned(PALE),
    probability: buildTable((byte) => mixSigned((byte - 127.5) / 127.5, PALE)),
    classes: channels.map((color) => buildTable((byte) => mix(ground, color, (byte / 255) ** 2 * PALE))),
    ofClass: (label) => classes[label] ?? colors.label,
    ofValue: (value) => `rgb(${mixSigned(keepWithin(value, -1, 1), 1).join(" ")})`,
  };
}

/** @type {(from: number[], to: number[], share: number) => number[]} */
const mix = (from, to, share) => from.map((channel, index) => Math.round(channel + (to[index] - channel) * share));

// A colour of every byte, as a bitmap has it.
/** @type {(colorOf: (byte: number) => number[]) => Uint32Array} */
function buildTable(colorOf) {
  const bytes = new Uint8ClampedArray(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) bytes.set([...colorOf(byte), 255], 4 * byte);
  return new Uint32Array(bytes.buffer);
}
