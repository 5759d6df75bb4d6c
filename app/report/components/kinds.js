// What the kinds of cards are called, as in `app/report/card.py`.
/** @type {Record<string, string>} */
export const KINDS = {
  stage: "Experiment",
  table: "Table",
  run: "Training run",
  comparison: "Comparison",
  explanation: "Explanation",
  answer: "Answer",
  architecture: "Architecture",
  note: "Note",
};
