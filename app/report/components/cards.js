// The cards of a report: what may be added, and their order. A report is never changed; a new one is returned.
/** @import { SentCard, SentReport } from "../payloads.js" */

export const MAX_CARDS = 40;
export const MAX_REPORT_BYTES = 3 * 2 ** 20; // what can be exported

/** @type {(report: SentReport, card: SentCard) => SentReport} */
export function addCard(report, card) {
  if (report.cards.length >= MAX_CARDS) {
    throw new Error(`Your report has ${MAX_CARDS} cards already: export it, or take one out.`);
  }
  const added = { ...report, cards: [...report.cards, card] };
  if (JSON.stringify(added).length > MAX_REPORT_BYTES) {
    throw new Error("Your report is full: its pictures have 3 MB together. Export it, or take a card out.");
  }
  return added;
}

/** @type {(report: SentReport, place: number, changes: Partial<SentCard>) => SentReport} */
export function changeCard(report, place, changes) {
  return { ...report, cards: report.cards.map((card, index) => (index === place ? { ...card, ...changes } : card)) };
}

/** @type {(report: SentReport, place: number) => SentReport} */
export function removeCard(report, place) {
  return { ...report, cards: report.cards.filter((_, index) => index !== place) };
}

// Moves a card by one place, up for -1.
/** @type {(report: SentReport, place: number, by: number) => SentReport} */
export function moveCard(report, place, by) {
  const cards = [...report.cards];
  const [card] = cards.splice(place, 1);
  cards.splice(Math.max(0, Math.min(cards.length, place + by)), 0, card);
  return { ...report, cards };
}
