// Puts what Python answered into the fields, but for those that someone wrote in since the question was sent. It runs as
// an event's own script, so also while the tab was never opened and the player is not there: then nobody wrote anything.
/** @import { Filling } from "../payloads.js" */

/** @type {(names: string[], filling: Filling, held: any[]) => any[]} */
export function fillFields(names, { sent, fields }, [chart, ...values]) {
  const { glassboxDescent: page } = /** @type {any} */ (window);
  /** @type {(name: string) => boolean} */
  const isKept = (name) => (page?.typedAt?.[name] || 0) > sent;
  const filled = names.filter((name) => name in fields && !isKept(name));
  const next = names.map((name, place) => {
    if (!filled.includes(name)) return values[place];
    return Array.isArray(values[place]?.data) ? { ...values[place], data: fields[name] } : fields[name];
  });
  for (const name of page?.filled ? filled : []) page.filled[name] = fields[name];
  const kept = names.filter((name) => name in fields && isKept(name));
  // The race that came with the answer knows nothing of what was written; another problem has an answer of its own.
  if (kept.length && !kept.includes("problem")) page.askForRace([chart, ...next]);
  // A number field that is built empty shows 0 until it is emptied.
  return next.map((value, place) => (value === values[place] && value !== null ? { __type__: "update" } : value));
}
