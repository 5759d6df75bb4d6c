// One number as people type it: the rule of read_number in app/ui/numbers.py. Throws an Error that says what is wrong.

/** @type {(text: string) => number} */
export function readNumber(text) {
  if (text.length > 400) throw new Error(`'${text.trim().slice(0, 40)}' is longer than a number: at most 400 letters.`);
  let word = text.trim().replaceAll("\u2212", "-");
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(word)) {
    const [small, large] = [Number(word.replace(",", ".")), Number(word.replace(",", ""))];
    throw new Error(`'${word}' can be read as ${small} or as ${large}: write ${small} or ${large}.`);
  }
  if (/^[+-]?[1-9]\d{0,2}((,\d{3})+\.\d*|(,\d{3}){2,})$/.test(word)) word = word.replaceAll(",", "");
  else if (/^[+-]?[1-9]\d{0,2}(\.\d{3})+,\d*$/.test(word)) word = word.replaceAll(".", "");
  word = word.replaceAll(",", ".");
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : NaN;
  if (!Number.isFinite(value))
    throw new Error(`'${text.trim().slice(0, 40)}' is not a number: write one like 0.5, 0,5 or 1e-3.`);
  return value;
}
