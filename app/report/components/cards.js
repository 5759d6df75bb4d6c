// The cards of a report: what may be added, and their order. A report is never changed; a new one is returned.
// A card is addressed by its key: its place may be another's by the time that a change is made.
/** @import { SentCard, SentReport } from "../payloads.js" */
/** @import { KeptCard, KeptReport } from "./types.js" */

import { findTooMuch } from "./packed_report.js";

export const MAX_CARDS = 40;
export const MAX_REPORT_BYTES = 3 * 2 ** 20; // as JSON in UTF-8
export const MAX_ALL_WORDS = 50_000; // letters of all comments
const REMEDY = "Export it as a page and begin another, or take a card out.";

// Gives a key to each card that has none, or another's.
/** @type {(report: SentReport) => KeptReport} */
export function giveKeys(report) {
  const taken = new Set();
  const cards = report.cards.map((card) => {
    let { key } = /** @type {Partial<KeptCard>} */ (card);
    while (!key || taken.has(key)) key = crypto.getRandomValues(new Uint32Array(2)).join("-");
    taken.add(key);
    return { ...card, key };
  });
  return { ...report, cards };
}

// Lets a report shrink that was too large before, and no report grow past what can be exported and imported again.
/** @type {<Report extends SentReport>(before: SentReport, after: Report) => Report} */
export function checkSize(before, after) {
  const words = countWords(after);
  if (words > MAX_ALL_WORDS && words > countWords(before)) {
    throw new Error(
      "This is not kept: your own words would have more than 50,000 letters together. Shorten some, here or in another card.",
    );
  }
  const bytes = countBytes(after);
  if (bytes > MAX_REPORT_BYTES && bytes > countBytes(before)) {
    throw new Error(
      `This is not kept: your report would have ${writeMegabytes(bytes)}, and at most ${writeMegabytes(MAX_REPORT_BYTES)} can be exported. ${REMEDY}`,
    );
  }
  const tooMuch = findTooMuch(after);
  if (tooMuch && !findTooMuch(before)) {
    throw new Error(`This is not kept: your report would have ${tooMuch}. ${REMEDY}`);
  }
  return after;
}

// How full a report is, in words.
/** @type {(report: SentReport) => string} */
export const describeSize = (report) =>
  `${report.cards.length} of ${MAX_CARDS} cards, ${writeMegabytes(countBytes(report))} of ${writeMegabytes(MAX_REPORT_BYTES)}.`;

/** @type {(bytes: number) => string} */
const writeMegabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** @type {(report: SentReport) => number} */
const countWords = (report) => report.cards.reduce((sum, { comment }) => sum + comment.length, 0);

// Keys stay in the browser.
/** @type {(report: SentReport) => number} */
const countBytes = (report) =>
  new TextEncoder().encode(JSON.stringify(report, (name, value) => (name === "key" ? undefined : value))).length;

// Puts a card at a place, or at the end.
/** @type {(report: KeptReport, card: SentCard, place?: number) => SentReport} */
export function addCard(report, card, place = report.cards.length) {
  if (report.cards.length >= MAX_CARDS) {
    throw new Error(`Your report has ${MAX_CARDS} cards already: export it, or take one out.`);
  }
  return checkSize(report, { ...report, cards: [...report.cards.slice(0, place), card, ...report.cards.slice(place)] });
}

/** @type {(report: KeptReport, key: string) => number} */
export const findPlace = (report, key) => report.cards.findIndex((card) => card.key === key);

/** @type {(report: KeptReport, key: string, comment: string) => KeptReport} */
export function writeComment(report, key, comment) {
  if (findPlace(report, key) < 0) {
    throw new Error("This card is not in your report any more: the last words in it are not kept.");
  }
  const cards = report.cards.map((card) => (card.key === key ? { ...card, comment } : card));
  return checkSize(report, { ...report, cards });
}

/** @type {(report: KeptReport, key: string) => KeptReport} */
export function removeCard(report, key) {
  return { ...report, cards: report.cards.filter((card) => card.key !== key) };
}

// Moves a card by one place, up for -1.
/** @type {(report: KeptReport, key: string, by: number) => KeptReport} */
export function moveCard(report, key, by) {
  const place = findPlace(report, key);
  if (place < 0) return report;
  const cards = [...report.cards];
  const [card] = cards.splice(place, 1);
  cards.splice(Math.max(0, Math.min(cards.length, place + by)), 0, card);
  return { ...report, cards };
}
