// What stands beside the sheet: all of it follows from what Python answered to the drawing, or that there is none.
/** @import { DigitAnswer, Reading, ReadingState, Verdict } from "./types.js" */
/** @import { NetworkAnswer, PadAnswer } from "../payloads.js" */

import { formatNumber, formatPercent, isNumber } from "../../ui/components/numbers.js";

export const NO_ANSWER = "The server did not answer. Your drawing is kept.";
const BLANK = { name: null, text: "Draw a digit", isError: false };

/** @type {(answer: PadAnswer | NetworkAnswer | null | undefined) => answer is DigitAnswer} */
export function isDigit(answer) {
  return answer?.status === "digit" && Array.isArray(answer.probabilities);
}

// What a network calls a class: a digit, or what its data set names.
/** @type {(answer: { classes?: string[] } | null, place: number) => string} */
export function nameClass(answer, place) {
  return answer?.classes ? answer.classes[place] : String(place);
}

// `answer` is undefined where the server gave none; `isDrawing` says that a stroke or a replay is under way, `mistake` what
// else has gone wrong since, and `keepsColumns` that several networks are asked and stand there with a column each.
/** @type {(state: ReadingState) => Reading} */
export function describeReading({ hasInk, answer, isDrawing = false, mistake = "", keepsColumns = false }) {
  const known = hasInk && answer ? answer : null;
  const columns = known?.answers && known.answers.length > 1 ? known.answers : null;
  const first = (columns ?? [known]).find(isDigit) ?? null;
  return {
    verdict: mistake
      ? { name: null, text: mistake, isError: true }
      : hasInk
        ? describeVerdict(known, columns, first, isDrawing)
        : BLANK,
    digit: first ? String(first.digit) : "",
    first, // the first network's answer that names a digit
    columns, // the answers of several networks
    // Without an answer the columns stay, so that nothing jumps when the next stroke begins.
    hasColumns: columns !== null || (first === null && keepsColumns),
    doubt: first && !isDrawing ? String(known?.doubt || "") : "",
    image: known?.image ?? null,
    time: first && isNumber(known?.milliseconds) ? `read in ${formatNumber(known?.milliseconds, 2)} ms` : "",
  };
}

/** @type {(known: PadAnswer | null, columns: NetworkAnswer[] | null, first: DigitAnswer | null, isDrawing: boolean) => Verdict} */
function describeVerdict(known, columns, first, isDrawing) {
  if (columns && known?.agreement) {
    const { digit, text } = known.agreement;
    return { name: digit === null ? null : nameClass(first, digit), text, isError: false };
  }
  if (first) {
    const confidence = formatPercent(first.probabilities[first.digit]);
    return { name: nameClass(first, first.digit), text: `${confidence} confidence`, isError: false };
  }
  // A stroke that has just begun is too small for any network: no reproach before it is finished.
  if (isDrawing && known?.status === "refused") return { name: null, text: "Keep drawing\u2026", isError: false };
  return { name: null, text: String(known?.message || NO_ANSWER), isError: known === null || known.status === "error" };
}
