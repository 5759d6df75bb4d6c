// Places of the plane, from −6 to 6 on either axis, and where they lie on the page.
import { keepWithin } from "../../../ui/components/numbers.js";

export const RANGE = 6;

// Where in the plane a pointer is, over an element that shows all of it.
/** @type {(event: MouseEvent, element: Element) => number[]} */
export function placeUnder(event, element) {
  const box = element.getBoundingClientRect();
  return [placeAt((event.clientX - box.left) / box.width), placeAt(1 - (event.clientY - box.top) / box.height)];
}

// Two decimals, as settings have them.
/** @type {(share: number) => number} */
const placeAt = (share) => roundPlace((share * 2 - 1) * RANGE);

/** @type {(value: number) => number} */
export const roundPlace = (value) => Math.round(keepWithin(value, -RANGE, RANGE) * 100) / 100 + 0; // not −0

// How far across and down a place lies, 0 to 1.
/** @type {(x: number, y: number) => number[]} */
export const shareOf = (x, y) => [(x / RANGE + 1) / 2, (1 - y / RANGE) / 2];
