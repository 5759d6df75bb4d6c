// Answer sheets of a class, dropped or chosen: Python checks them again from their names; the page shows a row each.
/** @import { GradesView, GradeTableView } from "../payloads.js" */

import { readAnswer } from "../../ui/components/asking.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { saveFile } from "../../ui/components/saving.js";

const SHEETS_AT_ONCE = 5;
const MAX_SHEETS = 1000;
const MAX_SHEET_BYTES = 262_144;
const SHOWN = ["Name", "Right", "Tries", "Minutes", "File"];

/** @typedef {{ [name in "grade" | "tabulate"]: (request: object) => Promise<string | undefined> }} Server */

// Fills the place with the way in and the table.
/** @type {(place: HTMLElement, python: Server) => void} */
export function showGrading(place, python) {
  const about = addNode(place, "p", "gb-exercises-text");
  about.textContent =
    "Drop your students’ answer sheets here, many at once. Each is checked against the numbers that its name draws; " +
    "nothing of them is kept on the server. Tries and time are the sheet’s own account.";
  const buttons = addNode(place, "div", "gb-exercises-buttons");
  const field = /** @type {HTMLInputElement} */ (addNode(buttons, "input"));
  Object.assign(field, { type: "file", multiple: true, accept: ".json,application/json", hidden: true });
  const choose = addButton(buttons, "Choose answer sheets", () => field.click());
  const tables = [
    addButton(buttons, "Table as CSV", () => saveTable("point")),
    addButton(buttons, "CSV with decimal commas", () => saveTable("comma")),
  ];
  const status = addNode(place, "p");
  status.role = "status";
  const scroller = addNode(place, "div", "gb-exercises-sheets");
  const mistakes = addNode(place, "ul", "gb-exercises-mistakes");

  /** @type {GradesView["rows"]} */
  let rows = [];
  let isChecking = false;

  /** @type {(text: string, isError?: boolean) => void} */
  function tell(text, isError = false) {
    setText(status, text);
    status.classList.toggle("is-error", isError);
  }

  /** @type {(files: File[]) => Promise<void>} */
  async function check(files) {
    if (isChecking || !files.length) return;
    if (files.length > MAX_SHEETS) return tell(`These are ${files.length} files: choose at most ${MAX_SHEETS}.`, true);
    isChecking = true;
    rows = [];
    mistakes.replaceChildren();
    choose.ariaDisabled = "true";
    try {
      for (let place = 0; place < files.length; place += SHEETS_AT_ONCE) {
        tell(`${place} of ${files.length} checked.`);
        const sheets = await Promise.all(files.slice(place, place + SHEETS_AT_ONCE).map(readSheet));
        const answered = /** @type {GradesView & { error?: string }} */ (readAnswer(await python.grade({ sheets })));
        if (answered.error) return tell(answered.error, true);
        rows.push(...answered.rows);
        for (const mistake of answered.mistakes) addNode(mistakes, "li", "", mistake);
      }
      tell(`${rows.length} of ${files.length} could be read.`);
    } catch (mistake) {
      tell(/** @type {Error} */ (mistake).message, true);
    } finally {
      isChecking = false;
      choose.ariaDisabled = null;
      showRows();
    }
  }

  function showRows() {
    for (const table of tables) table.hidden = !rows.length;
    scroller.replaceChildren();
    if (!rows.length) return;
    const table = addNode(scroller, "table");
    const head = addNode(addNode(table, "thead"), "tr");
    for (const title of SHOWN) addNode(head, "th", "", title).setAttribute("scope", "col");
    const body = addNode(table, "tbody");
    for (const [file, name, right, of, tries, seconds] of rows) {
      const line = addNode(body, "tr");
      addNode(line, "th", "", String(name) || "no name").setAttribute("scope", "row");
      const minutes = (Number(seconds) / 60).toFixed(1);
      for (const text of [`${right} of ${of}`, `${tries}`, minutes, `${file}`]) addNode(line, "td", "", text);
    }
  }

  /** @type {(decimal: "point" | "comma") => Promise<void>} */
  async function saveTable(decimal) {
    const answered = /** @type {GradeTableView & { error?: string }} */ (
      readAnswer(await python.tabulate({ rows, decimal }))
    );
    if (answered.error) return tell(answered.error, true);
    saveFile("answers.csv", "text/csv", answered.text);
  }

  field.addEventListener("change", () => {
    check([...(field.files ?? [])]);
    field.value = ""; // the same files may be chosen again
  });
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    check([...(event.dataTransfer?.files ?? [])]);
  });
  showRows();
}

// A folder and a file that has gone cannot be read: Python says that there is no sheet.
/** @type {(file: File) => Promise<{ file: string, text: string }>} */
async function readSheet(file) {
  // One letter more than a sheet may have: Python says so.
  const text = await file
    .slice(0, MAX_SHEET_BYTES + 1)
    .text()
    .catch(() => "");
  return { file: file.name, text };
}

/** @type {(place: HTMLElement, text: string, act: () => void) => HTMLButtonElement} */
function addButton(place, text, act) {
  const button = /** @type {HTMLButtonElement} */ (addNode(place, "button", "", text));
  button.type = "button";
  button.addEventListener("click", () => {
    if (button.ariaDisabled !== "true") act();
  });
  return button;
}
