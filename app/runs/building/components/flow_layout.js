// Where the blocks of the picture stand: heights are the maps' sides, widths their channels, each on one scale.
/** @import { Block, Output } from "./types.js" */

const IMAGE = [1, 28, 28];
const PLATE = 5; // px: a layer that changes no shape is no new block
const BAR = 9; // px: features
const MOST_A_CHANNEL = 3; // px
const DEPTH = 0.26; // of the height, to the right and up
const LEAST = 2; // px

/** @type {(sizes: number[], before: number[]) => Block["shape"]} */
function nameShape(sizes, before) {
  if (sizes.length === 0) return "wrong";
  if (sizes.join() === before.join()) return "plate";
  return sizes.length === 1 ? "features" : "maps";
}

// The image and a block a layer, from left to right within `width` × `height` pixels.
/** @type {(outputs: Output[], width: number, height: number) => { blocks: Block[], perPixel: number, perChannel: number }} */
export function layOutFlow(outputs, width, height) {
  const all = [{ key: 0, sizes: IMAGE, isWrong: false }, ...outputs];
  const side = Math.max(...all.map(({ sizes }) => Math.max(sizes[1] ?? 1, sizes[2] ?? 1)));
  const features = Math.max(1, ...all.map(({ sizes }) => (sizes.length === 1 ? sizes[0] : 1)));
  const perPixel = height / (side * (1 + DEPTH));
  const shapes = all.map(({ sizes }, index) => nameShape(sizes, index ? all[index - 1].sizes : []));
  const fixed = shapes.reduce((sum, shape, index) => {
    const own = shape === "maps" ? LEAST + all[index].sizes[1] * perPixel * DEPTH : shape === "plate" ? PLATE : BAR;
    return sum + own;
  }, 0);
  const channels = all.reduce((sum, { sizes }, index) => sum + (shapes[index] === "maps" ? sizes[0] : 0), 0);
  const gap = Math.max(1, Math.min(26, (width - fixed) / (1.6 * all.length)));
  const tight = shapes.map((shape) => (shape === "plate" ? Math.min(gap, 4) : gap));
  const gaps = tight.reduce((sum, one) => sum + one, 0) - tight[0];
  const perChannel = Math.max(0, Math.min(MOST_A_CHANNEL, (width - fixed - gaps) / channels));
  let x = 0;
  const blocks = all.map((output, index) => {
    const shape = shapes[index];
    const isMaps = output.sizes.length === 3;
    const blockHeight = isMaps
      ? Math.max(LEAST, output.sizes[1] * perPixel)
      : output.sizes.length === 1
        ? Math.max(LEAST, (output.sizes[0] / features) * height)
        : height / 3;
    const blockWidth =
      shape === "maps" ? Math.max(LEAST, output.sizes[0] * perChannel) : shape === "plate" ? PLATE : BAR;
    const back = shape === "maps" ? blockHeight * DEPTH : 0;
    if (index) x += tight[index];
    const block = { ...output, shape, x, y: 0, width: blockWidth, height: blockHeight, back };
    block.y = (height + (isMaps ? blockHeight * DEPTH : 0) - blockHeight) / 2;
    x += blockWidth + (shape === "maps" ? back : 0);
    return block;
  });
  // What is left over goes between them.
  const left = Math.max(0, width - x);
  const steps = shapes.filter((shape, index) => index && shape !== "plate").length || 1;
  let shift = 0;
  blocks.forEach((block, index) => {
    if (index && shapes[index] !== "plate") shift += Math.min(left / steps, 70);
    block.x += shift;
  });
  return { blocks, perPixel, perChannel };
}
