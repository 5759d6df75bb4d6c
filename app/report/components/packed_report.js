// A report as it is sent to Python: each table is one text, as a request has room for few texts and lists.
/** @import { SentReport } from "../payloads.js" */

// What a request of the page may hold, as `app/server/request_bounds.py` counts; a hundred are left for what is around it.
export const MAX_QUOTES = 49_900;
export const MAX_COMMAS = 449_900;

// What is no report stays as it is: Python says what is wrong with it.
/** @type {(report: any) => unknown} */
export function packReport(report) {
  if (!Array.isArray(report?.cards)) return report;
  return { ...report, cards: report.cards.map(packCard) };
}

/** @type {(card: any) => unknown} */
const packCard = (card) => (Array.isArray(card?.tables) ? { ...card, tables: card.tables.map(packTable) } : card);

// The head and each row are a line that ends, tabs between the cells.
/** @type {(table: any) => unknown} */
function packTable(table) {
  const lines = [table?.columns, ...(Array.isArray(table?.rows) ? table.rows : [null])];
  if (!lines.every(isLine)) return table;
  return lines.map((line) => `${line.map(tidy).join("\t")}\n`).join("");
}

/** @type {(line: unknown) => boolean} */
const isLine = (line) => Array.isArray(line) && line.length > 0 && line.every((cell) => typeof cell === "string");

/** @type {(cell: string) => string} */
const tidy = (cell) => cell.replace(/\s+/g, " ");

// Says what of a report is too much for a request; empty where nothing is.
/** @type {(report: SentReport) => string} */
export function findTooMuch(report) {
  const sent = JSON.stringify(packReport(report));
  for (const [letter, most, name] of /** @type {const} */ ([
    ['"', MAX_QUOTES, "quotation marks"],
    [",", MAX_COMMAS, "commas"],
  ])) {
    const num = sent.split(letter).length - 1;
    if (num > most)
      return `${num.toLocaleString("en")} ${name}, and at most ${most.toLocaleString("en")} can be exported`;
  }
  return "";
}
