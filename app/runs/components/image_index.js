// The number of a test image, as it stands in its field.

// The number; null for an empty field; what cannot be one as it was typed, so that Python can say so.
/** @type {(text: string) => number | string | null} */
export function readIndex(text) {
  const index = Number(text);
  return text === "" ? null : Number.isNaN(index) ? text : index;
}

/** @type {(text: string, last: number) => number} */
export function findNextIndex(text, last) {
  return Math.min(last, Math.max(0, Math.round(Number(text) || 0)) + 1);
}
