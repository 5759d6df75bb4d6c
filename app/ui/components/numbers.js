// Numbers as a person writes them: the rules of app/ui/numbers.py.

export const MINUS = "\u2212";
/** @type {Record<string, string>} */
const SUPERSCRIPTS = {
  "-": "\u207b",
  0: "\u2070",
  1: "\u00b9",
  2: "\u00b2",
  3: "\u00b3",
  4: "\u2074",
  5: "\u2075",
  6: "\u2076",
  7: "\u2077",
  8: "\u2078",
  9: "\u2079",
};

/** @type {(integer: number | string) => string} */
export function superscript(integer) {
  return String(integer)
    .split("")
    .map((character) => SUPERSCRIPTS[character] || character)
    .join("");
}

/** @type {(value: unknown) => value is number} */
export function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

// Formatters are slow to make and quick to use, and a window that moves writes a hundred numbers at once.
export const WHOLE = new Intl.NumberFormat("en-US");
/** @type {Record<number, Intl.NumberFormat>} */
const FORMATTERS = {};

/** @type {(digits: number) => Intl.NumberFormat} */
function formatterOf(digits) {
  FORMATTERS[digits] ??= new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits });
  return FORMATTERS[digits];
}

// A number as a person writes it: four significant digits, a true minus sign, thousands apart.
/** @type {(value: unknown, digits?: number) => string} */
export function formatNumber(value, digits = 4) {
  if (!isNumber(value)) return "\u2013";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  let text;
  if (magnitude >= 1e7 || magnitude < 1e-4) {
    const [mantissa, exponent] = roundToDigits(magnitude, digits).split("e");
    text = Number(mantissa) + "\u00d710" + superscript(Number(exponent));
  } else if (Number.isInteger(value)) {
    text = WHOLE.format(magnitude);
  } else {
    text = formatterOf(digits).format(Number(roundToDigits(magnitude, digits)));
  }
  return (value < 0 ? MINUS : "") + text;
}

// A value above 0 as 1.234e+5, rounded as Python does: of two that are equally near, to the one with the even last digit,
// where JavaScript takes the larger.
/** @type {(value: number, digits: number) => string} */
function roundToDigits(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits + 25).split("e");
  const [kept, rest] = [mantissa.slice(0, digits + 1), mantissa.slice(digits + 1)]; // with the point
  const isTie = /^50*$/.test(rest);
  const isEven = Number(kept[digits]) % 2 === 0;
  return isTie && isEven ? `${kept}e${exponent}` : value.toExponential(digits - 1);
}

// A share as Python's write_percent writes it: what only rounds to nothing or to all says so.
/** @type {(share: unknown, numDecimals?: number) => string} */
export function formatPercent(share, numDecimals = 1) {
  if (!isNumber(share)) return "\u2013";
  const text = roundToDecimals(share * 100, numDecimals);
  const least = 10 ** -numDecimals;
  if (share < 1 && Number(text) === 100) return `>${(100 - least).toFixed(numDecimals)}%`;
  if (share > 0 && Number(text) === 0) return `<${least.toFixed(numDecimals)}%`;
  return `${text}%`;
}

/** @type {(value: number, numDecimals: number) => string} */
function roundToDecimals(value, numDecimals) {
  const text = value.toFixed(numDecimals);
  const isTie = (value * 2 ** (numDecimals + 1)) % 2 === 1; // 12.25 and 12.75, 12.125 and 12.375 …
  const isOdd = Number(text[text.length - 1]) % 2 === 1;
  return isTie && isOdd ? (value - 10 ** -numDecimals / 2).toFixed(numDecimals) : text;
}

// The value, or the end of the range that it lies beyond.
/** @type {(value: number, low: number, high: number) => number} */
export function keepWithin(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
