// A visitor's digits in the browser's own storage: read, checked, changed. All windows of the browser share them.
/** @import { KeptDigit } from "./types.js" */

import { checkDigit, MAX_DIGITS, SCHEMA } from "./digits.js";

const DIGITS_KEY = "glassbox-digits";
const DAMAGED_KEY = "glassbox-digits-damaged"; // what could not be read, before it is written over
const MAX_STORED = 2 ** 20; // letters

// onChange(digits) is called whenever the list is another, here or in another window; oldest first.
/** @param {(digits: KeptDigit[]) => void} onChange */
export function createDigitStore(onChange) {
  /** @type {KeptDigit[]} */
  let digits = [];
  /** @type {string | null} */
  let stored = null; // the text that `digits` was read from
  let isDamaged = false; // some of that text could not be read
  let isBlocked = false; // the browser stores nothing: the list lasts as long as the page

  function read() {
    if (isBlocked) return;
    let text;
    try {
      text = localStorage.getItem(DIGITS_KEY);
    } catch {
      isBlocked = true;
      return;
    }
    if (text === stored) return;
    stored = text;
    [digits, isDamaged] = text === null ? [[], false] : parseStored(text);
  }

  /** @type {(text: string) => [KeptDigit[], boolean]} */
  function parseStored(text) {
    let entries;
    try {
      entries = JSON.parse(text).digits;
    } catch {
      return [[], true];
    }
    if (!Array.isArray(entries)) return [[], true];
    /** @type {KeptDigit[]} */
    const whole = [];
    for (const entry of entries.slice(0, MAX_DIGITS)) {
      const { digit } = checkDigit(entry);
      if (digit && typeof entry.id === "string") whole.push({ id: entry.id.slice(0, 40), ...digit });
    }
    return [whole, whole.length < entries.length];
  }

  // Make of the list, as all windows have it now, another one. Returns what is wrong; then nothing has changed.
  /** @param {(digits: KeptDigit[]) => KeptDigit[]} makeNext */
  function change(makeNext) {
    read();
    const next = makeNext(digits);
    const isMore = next.length > digits.length;
    const text = JSON.stringify({ schema: SCHEMA, digits: next });
    if (isMore && next.length > MAX_DIGITS) {
      return `${MAX_DIGITS} drawings are kept at most. Export them, then delete those that you no longer need.`;
    }
    if (isMore && text.length > MAX_STORED) {
      return "Your digits take 1 MB, which is all that is kept. Export them, then delete some.";
    }
    const error = write(text);
    if (error) return error;
    digits = next;
    onChange(digits);
    return "";
  }

  /** @param {string} text */
  function write(text) {
    if (isBlocked) return "";
    try {
      if (isDamaged && stored !== null) localStorage.setItem(DAMAGED_KEY, stored);
      localStorage.setItem(DIGITS_KEY, text);
    } catch {
      return "The browser\u2019s storage for this page is full, so nothing was changed. Export your digits, then delete some.";
    }
    stored = text;
    isDamaged = false;
    return "";
  }

  // Another window has changed what is stored under this key, or all of it (null).
  /** @param {string | null} key */
  function takeNews(key) {
    if (key !== DIGITS_KEY && key !== null) return;
    read();
    onChange(digits);
  }

  // What is wrong with the storage, or nothing.
  function describe() {
    if (isBlocked) {
      return "This browser stores nothing for this page, so your digits last until you close it. Export them to keep them.";
    }
    return isDamaged ? "Some of what this browser had stored cannot be read. It is set aside, not deleted." : "";
  }

  read();
  return {
    list: () => digits,
    change,
    takeNews,
    describe,
  };
}
