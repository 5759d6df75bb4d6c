// What passes between Python and the report's scripts. A picture is base64. Written by `uv run python -m tests.payload_types`.

/**
 * A picture as PNG in base64, and what it shows in words.
 */
export interface SentPicture {
  png: string;
  alt: string;
}

/**
 * A table's cells as text.
 */
export interface SentTable {
  columns: string[];
  rows: string[][];
}

/**
 * A card (see `app.report.card`); `settings` are pairs of a name and a value.
 */
export interface SentCard {
  kind: string;
  title: string;
  link: string;
  settings: string[][];
  seed: string;
  pictures: SentPicture[];
  tables: SentTable[];
  text: string;
  comment: string;
}

/**
 * A report, its cards in order.
 */
export interface SentReport {
  schema: number;
  title: string;
  author: string;
  cards: SentCard[];
}

/**
 * A file of a report, its content in base64.
 */
export interface ReportFile {
  name: string;
  type: string;
  content: string;
}

/**
 * One's own words as HTML.
 */
export interface Words {
  html: string;
}
