// Points pasted from a spreadsheet into the table: two columns, with or without a line of headings, decimal commas or not.

// Returns the points, each [x, y], or null where the text is no table. Throws an Error that says what to paste instead.
/** @type {(text: string, readNumber: (text: string) => number, limit: number) => number[][] | null} */
export function readPastedPoints(text, readNumber, limit) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  const separator = text.includes("\t") ? "\t" : text.includes(";") ? ";" : null;
  if (lines.length < 2 || !separator) return null; // a single cell, or no cells at all
  const rows = lines.map((line) => line.split(separator).map((cell) => cell.trim()));
  const columns = rows[0].length;
  if (columns !== 2 || rows.some((row) => row.length !== 2))
    throw new Error(`What was pasted has ${columns} columns: copy two, x and y.`);
  /** @type {(cell: string) => boolean} */
  const isNumber = (cell) => {
    try {
      return Number.isFinite(readNumber(cell));
    } catch {
      return false;
    }
  };
  if (!rows[0].some(isNumber)) rows.shift();
  if (rows.length < 2 || rows.length > limit)
    throw new Error(`What was pasted has ${rows.length} points: copy 2 to ${limit}.`);
  return rows.map((row, index) =>
    row.map((cell) => {
      try {
        return readNumber(cell);
      } catch (mistake) {
        throw new Error(`Row ${index + 1} of what was pasted: ${/** @type {Error} */ (mistake).message}`);
      }
    }),
  );
}
