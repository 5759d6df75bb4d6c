// The report: its cards in order, each with one's own words; what it is exported as, and where it is imported.
/** @import { ReportFile, SentCard, SentReport, Words } from "../payloads.js" */
/** @import { Python } from "./types.js" */

import { readAnswer } from "../../ui/components/asking.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { saveBase64 } from "../../ui/components/saving.js";
import { addCard, changeCard, MAX_REPORT_BYTES, moveCard, removeCard } from "./cards.js";
import { KINDS } from "./kinds.js";

const PAUSE_MS = 500; // after the last letter
const MAX_WORDS = 5000;
const FORMATS = { html: "Page that prints (.html)", zip: "Markdown (.zip)", ipynb: "Notebook (.ipynb)" };
const EMPTY = "Nothing is in it yet. “Add to my report” stands beside every experiment, table and answer.";
const ABOUT =
  "It stays in this browser. To hand it in or to go on elsewhere, export it as a page: that file prints, and can be imported here again.";

/** @typedef {ReturnType<typeof import("./report_store.js").createReportStore>} Store */

/** @type {WeakMap<HTMLElement, () => Promise<void>>} */
const opened = new WeakMap();

// Opens the report of a component; it is built once.
/** @type {(host: HTMLElement, store: Store, python: Python) => Promise<void>} */
export async function showReport(host, store, python) {
  if (!opened.has(host)) opened.set(host, buildReport(host, store, python));
  await opened.get(host)?.();
}

/** @type {(host: HTMLElement, store: Store, python: Python) => () => Promise<void>} */
function buildReport(host, store, python) {
  const dialog = /** @type {HTMLDialogElement} */ (addNode(host, "dialog", "gb-report-page"));
  dialog.ariaLabel = "My report";
  const head = addNode(dialog, "div", "gb-report-head");
  addNode(head, "h2", "", "My report");
  addButton(head, "Close", () => dialog.close());
  addNode(dialog, "p", "gb-report-about", ABOUT);
  const fields = addNode(dialog, "div", "gb-report-fields");
  const title = addField(fields, "Title", (text) => ({ title: text }));
  const author = addField(fields, "Your name", (text) => ({ author: text }));
  const buttons = addNode(dialog, "div", "gb-report-buttons");
  addButton(buttons, "Add a note", () => alter((report) => addCard(report, makeNote()), "last"));
  for (const [format, name] of Object.entries(FORMATS)) addButton(buttons, name, () => exportAs(format));
  const file = /** @type {HTMLInputElement} */ (addNode(buttons, "input"));
  Object.assign(file, { type: "file", accept: ".html,.json", hidden: true });
  addButton(buttons, "Import a report", () => file.click());
  const status = addNode(dialog, "p", "gb-report-status");
  status.role = "status";
  const undo = addButton(dialog, "Undo", takeBack);
  undo.hidden = true;
  const list = addNode(dialog, "ol", "gb-report-cards");

  /** @type {SentReport | undefined} */
  let before; // what Undo brings back
  let shown = ""; // of the cards, but for the words that are being written

  /** @type {(text: string, isError?: boolean) => void} */
  function tell(text, isError = false) {
    setText(status, text);
    status.classList.toggle("is-error", isError);
  }

  /** @type {(change: (report: SentReport) => SentReport, focus?: "last") => Promise<void>} */
  async function alter(change, focus) {
    try {
      show(await store.change(change));
      if (focus) list.lastElementChild?.querySelector("textarea")?.focus();
    } catch (mistake) {
      tell(/** @type {Error} */ (mistake).message, true);
    }
  }

  // Keeps what Undo brings back.
  /** @type {(change: (report: SentReport) => SentReport, text: string) => Promise<void>} */
  async function alterFarther(change, text) {
    await alter((report) => {
      before = report;
      return change(report);
    });
    tell(text);
    undo.hidden = false;
  }

  async function takeBack() {
    const back = before;
    if (!back) return;
    undo.hidden = true;
    await alter(() => back);
    tell("It is as it was.");
  }

  /** @type {(format: string) => Promise<void>} */
  async function exportAs(format) {
    const report = await store.read();
    if (!report.cards.length) return tell(EMPTY, true);
    tell("The file is on its way.");
    const answered = /** @type {ReportFile & { error?: string }} */ (
      readAnswer(await python.exportReport({ report, format }))
    );
    if (answered.error) return tell(answered.error, true);
    saveBase64(answered.name, answered.type, answered.content);
    tell(`${answered.name} is saved.`);
  }

  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    file.value = ""; // the same may be chosen again
    if (!chosen) return;
    // A page holds its pictures twice, and its data at the end.
    if (chosen.size > 3 * MAX_REPORT_BYTES) return tell("This file is too large for a report.", true);
    const page = new DOMParser().parseFromString(await chosen.text(), "text/html");
    const text = page.querySelector("#glassbox-report")?.textContent ?? "";
    const answered = /** @type {SentReport & { error?: string }} */ (readAnswer(await python.importReport({ text })));
    if (answered.error) return tell(answered.error, true);
    await alterFarther(() => answered, `${chosen.name} is in the place of what was here.`);
  });

  /** @type {(report: SentReport) => void} */
  function show(report) {
    for (const [field, text] of /** @type {const} */ ([
      [title, report.title],
      [author, report.author],
    ])) {
      if (document.activeElement !== field) field.value = text;
    }
    const cards = JSON.stringify(report.cards.map((card) => ({ ...card, comment: "" })));
    if (cards === shown) return;
    shown = cards;
    list.replaceChildren();
    report.cards.forEach((card, place) => {
      showCard(card, place, report.cards.length);
    });
    if (!report.cards.length) addNode(list, "li", "gb-report-empty", EMPTY);
  }

  /** @type {(card: SentCard, place: number, count: number) => void} */
  function showCard(card, place, count) {
    const item = addNode(list, "li");
    const top = addNode(item, "div", "gb-report-top");
    addNode(top, "h3", "", card.title);
    addNode(top, "span", "gb-report-kind", KINDS[card.kind] ?? card.kind);
    for (const [by, name] of /** @type {const} */ ([
      [-1, "Move up"],
      [1, "Move down"],
    ])) {
      const move = addButton(top, name, () => moveFrom(place, by));
      move.disabled = place + by < 0 || place + by >= count;
    }
    addButton(top, "Take out", () =>
      alterFarther((report) => removeCard(report, place), `“${card.title}” is taken out.`),
    );
    if (/^https?:\/\//.test(card.link)) {
      const link = /** @type {HTMLAnchorElement} */ (addNode(item, "a", "gb-report-link", card.link));
      link.href = card.link;
    }
    if (card.seed) addNode(item, "p", "gb-report-kind", `Seed: ${card.seed}`);
    for (const { png, alt } of card.pictures) {
      const image = /** @type {HTMLImageElement} */ (addNode(item, "img"));
      Object.assign(image, { src: `data:image/png;base64,${png}`, alt });
    }
    if (card.text) addNode(item, "p", "gb-report-said", card.text);
    if (card.settings.length) showTable(item, "Settings", ["Setting", "Value"], card.settings);
    for (const { columns, rows } of card.tables) showTable(item, `Table of ${rows.length} rows`, columns, rows);
    showWords(item, card, place);
  }

  /** @type {(item: HTMLElement, card: SentCard, place: number) => void} */
  function showWords(item, card, place) {
    const label = addNode(item, "label", "gb-report-words", "In your own words (Markdown, formulas between $ signs)");
    const field = /** @type {HTMLTextAreaElement} */ (addNode(label, "textarea"));
    Object.assign(field, { rows: 3, maxLength: MAX_WORDS, value: card.comment });
    const rendered = addNode(item, "div", "gb-report-rendered");
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let pause;
    async function render() {
      const text = field.value;
      if (!text.trim()) return rendered.replaceChildren();
      const answered = /** @type {Words & { error?: string }} */ (readAnswer(await python.render({ text })));
      if (text !== field.value) return;
      if (answered.error) setText(rendered, answered.error);
      else rendered.innerHTML = answered.html; // rendered by Python, which lets no markup through
    }
    const keep = () => {
      clearTimeout(pause);
      alter((report) => changeCard(report, place, { comment: field.value }));
    };
    field.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => {
        keep();
        render();
      }, PAUSE_MS);
    });
    field.addEventListener("change", keep);
    if (card.comment) render();
  }

  /** @type {(place: number, by: number) => Promise<void>} */
  async function moveFrom(place, by) {
    await alter((report) => moveCard(report, place, by));
    const moved = list.children[place + by];
    const button = [...(moved?.querySelectorAll("button") ?? [])].find((each) => !each.disabled);
    button?.focus(); // the card's old button has gone
  }

  /** @type {(place: HTMLElement, name: string, change: (text: string) => Partial<SentReport>) => HTMLInputElement} */
  function addField(place, name, change) {
    const label = addNode(place, "label", "", name);
    const field = /** @type {HTMLInputElement} */ (addNode(label, "input"));
    Object.assign(field, { type: "text", maxLength: 200, autocomplete: "off" });
    field.addEventListener("change", () => alter((report) => ({ ...report, ...change(field.value) })));
    return field;
  }

  store.news.addEventListener("change", async () => {
    if (dialog.open) show(await store.read());
  });

  return async () => {
    shown = ""; // the words too are as they are kept
    show(await store.read());
    tell("");
    if (!dialog.open) dialog.showModal();
  };
}

/** @type {() => SentCard} */
function makeNote() {
  return {
    kind: "note",
    title: "Note",
    link: "",
    settings: [],
    seed: "",
    pictures: [],
    tables: [],
    text: "",
    comment: "",
  };
}

/** @type {(place: HTMLElement, name: string, columns: string[], rows: string[][]) => void} */
function showTable(place, name, columns, rows) {
  const details = addNode(place, "details");
  addNode(details, "summary", "", name);
  const table = addNode(addNode(details, "div", "gb-report-scroll"), "table");
  const head = addNode(addNode(table, "thead"), "tr");
  for (const cell of columns) addNode(head, "th", "", cell).setAttribute("scope", "col");
  const body = addNode(table, "tbody");
  for (const row of rows) {
    const line = addNode(body, "tr");
    for (const cell of row) addNode(line, "td", "", cell);
  }
}

/** @type {(place: HTMLElement, text: string, act: () => unknown) => HTMLButtonElement} */
function addButton(place, text, act) {
  const button = /** @type {HTMLButtonElement} */ (addNode(place, "button", "", text));
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}
