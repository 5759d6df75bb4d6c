// Several digits in one image: their boxes on the sheet, and beside it what each is read as, in reading order.
/** @import { FoundAnswer, PadAnswer } from "../payloads.js" */
/** @import { Box, Picture, Point } from "./types.js" */
/** @import { Context } from "../../ui/components/types.js" */

import { contextOf } from "../../ui/components/canvas.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { formatPercent } from "../../ui/components/numbers.js";
import { EDGE_COLOR } from "./overlays.js";
import { PAD_PX } from "./strokes.js";

const FIELD_PX = 28; // of the network's input
const ENLARGED = 10;
const DOUBT_COLOR = "#e0a030";

// Where an image of these sides lies on the pad, in its pixels: whole, and in the middle.
/** @type {(image: { width: number, height: number }) => Box} */
export function placePicture({ width, height }) {
  const scale = PAD_PX / Math.max(width, height);
  return {
    left: (PAD_PX - width * scale) / 2,
    top: (PAD_PX - height * scale) / 2,
    width: width * scale,
    height: height * scale,
  };
}

// The boxes on the pad of the digits that were found in an image.
/** @type {(found: FoundAnswer[], image: { width: number, height: number }) => Box[]} */
export function placeBoxes(found, image) {
  const place = placePicture(image);
  return found.map(({ box: [left, top, width, height] }) => ({
    left: place.left + left * place.width,
    top: place.top + top * place.height,
    width: width * place.width,
    height: height * place.height,
  }));
}

// The place of the box around a point of the pad, the smallest where several are; -1 where there is none.
/** @type {(boxes: Box[], point: Point) => number} */
export function findBoxAt(boxes, [x, y]) {
  const reach = 3; // pixels of the pad around a box that are its own: a 1 is narrow
  let best = -1;
  boxes.forEach(({ left, top, width, height }, index) => {
    const isWithin = x >= left - reach && x <= left + width + reach && y >= top - reach && y <= top + height + reach;
    if (isWithin && (best < 0 || width * height < boxes[best].width * boxes[best].height)) best = index;
  });
  return best;
}

/** @type {(context: Context, found: FoundAnswer[], image: { width: number, height: number }) => void} */
export function paintBoxes(context, found, image) {
  context.lineWidth = 1.5;
  context.lineJoin = "miter";
  placeBoxes(found, image).forEach(({ left, top, width, height }, index) => {
    context.strokeStyle = found[index].note ? DOUBT_COLOR : EDGE_COLOR;
    context.setLineDash(found[index].image ? [] : [3, 3]);
    context.strokeRect(left - 2, top - 2, width + 4, height + 4);
  });
  context.setLineDash([]);
}

// What is chosen becomes the drawing: the network's own image of it, enlarged.
/** @type {(pixels: string) => Picture} */
export function enlargeInput(pixels) {
  const small = document.createElement("canvas");
  small.width = small.height = FIELD_PX;
  const context = contextOf(small);
  const image = context.createImageData(FIELD_PX, FIELD_PX);
  [...atob(pixels)].forEach((letter, i) => {
    image.data.set([letter.charCodeAt(0), letter.charCodeAt(0), letter.charCodeAt(0), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  const large = document.createElement("canvas");
  large.width = large.height = FIELD_PX * ENLARGED;
  const enlarged = contextOf(large);
  enlarged.imageSmoothingEnabled = false;
  enlarged.drawImage(small, 0, 0, large.width, large.height);
  return { url: large.toDataURL("image/png"), image: large };
}

// Shows the digits of an answer in a list of buttons, or hides the list; `choose` is called with the one that is pressed.
/** @type {(pad: HTMLElement, choose: (found: FoundAnswer) => void) => (answer: PadAnswer | undefined) => void} */
export function createFoundList(pad, choose) {
  const list = findPart(pad, ".gb-pad-found");
  /** @type {FoundAnswer[] | undefined} */
  let shown;
  return (answer) => {
    const found = answer?.found;
    if (found === shown) return;
    shown = found;
    pad.classList.toggle("has-several", Boolean(found));
    list.replaceChildren();
    found?.forEach((each, index) => {
      const button = /** @type {HTMLButtonElement} */ (addNode(addNode(list, "li"), "button"));
      button.type = "button";
      button.disabled = !each.image;
      const read = each.name || "–";
      const share = each.probability === null ? "" : formatPercent(each.probability);
      button.classList.toggle("is-doubted", Boolean(each.note));
      button.title = each.note || `${read}: ${share} confidence`;
      button.setAttribute("aria-label", `Digit ${index + 1}: ${[read, share, each.note].filter(Boolean).join(", ")}`);
      setText(addNode(button, "b"), read);
      setText(addNode(button, "span"), share);
      button.addEventListener("click", () => choose(each));
    });
  };
}
