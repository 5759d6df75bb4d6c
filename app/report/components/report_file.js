// The report in a file that is chosen: the page that it was exported as, or its JSON alone.

import { MAX_REPORT_BYTES } from "./cards.js";

// A page has the report in it twice, and its mark-up: "<" alone is ten letters.
const MAX_FILE_BYTES = 12 * MAX_REPORT_BYTES;
const NONE = "This is not a report: choose the HTML file that the report was exported as, or the JSON in it.";

/** @type {(file: File) => Promise<unknown>} */
export async function readReportFile(file) {
  if (file.size > MAX_FILE_BYTES) throw new Error("This file is too large for a report.");
  const text = await file.text().catch(() => "");
  const json = text.trimStart().startsWith("{") ? text : findData(text);
  try {
    return JSON.parse(json);
  } catch {
    throw new Error(NONE);
  }
}

/** @type {(text: string) => string} */
const findData = (text) =>
  new DOMParser().parseFromString(text, "text/html").querySelector("#glassbox-report")?.textContent ?? "";
