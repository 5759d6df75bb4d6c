// Bytes as a small picture, to be drawn larger.
/** @import { Context } from "../../../ui/components/types.js" */

import { contextOf } from "../../../ui/components/canvas.js";

// One canvas for all that is painted by it, one after the other.
/** @type {() => (width: number, height: number, colorOf: (place: number) => number) => HTMLCanvasElement} */
export function createBitmap() {
  const canvas = document.createElement("canvas");
  const context = contextOf(canvas);
  /** @type {ImageData | undefined} */
  let pixels;
  return (width, height, colorOf) => {
    if (!pixels || pixels.width !== width || pixels.height !== height) {
      canvas.width = width;
      canvas.height = height;
      pixels = context.createImageData(width, height);
    }
    const words = new Uint32Array(pixels.data.buffer);
    for (let place = 0; place < words.length; place += 1) words[place] = colorOf(place);
    context.putImageData(pixels, 0, 0);
    return canvas;
  };
}

// A part of it, from row `top` on as high as wide, smoothly enlarged.
/** @type {(context: Context, bitmap: HTMLCanvasElement, side: number, top: number, box: number[]) => void} */
export function drawEnlarged(context, bitmap, side, top, [x, y, width, height]) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, top, side, side, x, y, width, height);
}
