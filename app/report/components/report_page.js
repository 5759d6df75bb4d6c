// The report: its cards in order, each with one's own words; what it is exported as, and where it is imported.
/** @import { ReportFile, SentCard, SentReport } from "../payloads.js" */
/** @import { CardItem } from "./card_item.js" */
/** @import { KeptCard, KeptReport, Python } from "./types.js" */

import { readAnswer } from "../../ui/components/asking.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { saveBase64 } from "../../ui/components/saving.js";
import { addButton } from "./buttons.js";
import { createCardItem } from "./card_item.js";
import { addCard, checkSize, describeSize, findPlace, moveCard, removeCard, writeComment } from "./cards.js";
import { findTooMuch, packReport } from "./packed_report.js";
import { readReportFile } from "./report_file.js";

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
  addButton(buttons, "Add a note", addNote);
  for (const [format, name] of Object.entries(FORMATS)) addButton(buttons, name, () => attempt(() => exportAs(format)));
  const file = /** @type {HTMLInputElement} */ (addNode(buttons, "input"));
  Object.assign(file, { type: "file", accept: ".html,.json", hidden: true });
  addButton(buttons, "Import a report", () => file.click());
  const size = addNode(dialog, "p", "gb-report-about");
  const warning = addNode(dialog, "p", "gb-report-warning");
  const bar = addNode(dialog, "div", "gb-report-bar"); // in sight from every card
  const status = addNode(bar, "p", "gb-report-status");
  status.role = "status";
  const undo = addButton(bar, "Undo", takeBack);
  undo.hidden = true;
  const empty = addNode(dialog, "p");
  const list = addNode(dialog, "ol", "gb-report-cards");

  /** @type {Map<string, CardItem>} */
  const items = new Map();
  // What Undo does to the report as it is then; `only` is the report's JSON where it is undone in no other.
  /** @type {{ change: (report: KeptReport) => SentReport, only?: string, text: string } | undefined} */
  let back;

  /** @type {(text: string, isError?: boolean) => void} */
  function tell(text, isError = false) {
    setText(status, text);
    status.classList.toggle("is-error", isError);
  }

  /** @type {<Value>(act: () => Promise<Value>) => Promise<Value | undefined>} */
  async function attempt(act) {
    try {
      return await act();
    } catch (mistake) {
      tell(/** @type {Error} */ (mistake).message, true);
      return undefined;
    }
  }

  // Returns the report as it is kept then, or undefined where it is as it was, which is told.
  /** @type {(change: (report: KeptReport) => SentReport) => Promise<KeptReport | undefined>} */
  const alter = (change) =>
    attempt(async () => {
      const report = await store.change(change);
      if (status.classList.contains("is-error")) tell("");
      show(report);
      return report;
    });

  /** @type {(way: typeof back) => void} */
  function offerUndo(way) {
    back = way;
    undo.hidden = !way;
  }

  async function takeBack() {
    const way = back;
    if (!way) return;
    const report = await alter((before) => {
      if (way.only && way.only !== JSON.stringify(before)) throw new Error("It cannot be undone any more.");
      return way.change(before);
    });
    if (!report) return;
    offerUndo(undefined);
    tell(way.text);
  }

  async function addNote() {
    if (await alter((report) => addCard(report, makeNote()))) list.lastElementChild?.querySelector("textarea")?.focus();
  }

  /** @type {(card: KeptCard) => Promise<void>} */
  async function takeOut({ key, title }) {
    /** @type {KeptCard | undefined} */
    let taken;
    let place = -1;
    const report = await alter((before) => {
      place = findPlace(before, key);
      taken = before.cards[place];
      return removeCard(before, key);
    });
    const card = taken; // with its words
    if (!report || !card) return;
    offerUndo({
      change: (now) => (findPlace(now, key) < 0 ? addCard(now, card, place) : now),
      text: `“${title}” is back.`,
    });
    tell(`“${title}” is taken out.`);
    undo.focus({ preventScroll: true });
  }

  /** @type {(format: string) => Promise<void>} */
  async function exportAs(format) {
    const report = await store.read();
    if (!report.cards.length) return tell(EMPTY, true);
    const tooMuch = findTooMuch(report);
    if (tooMuch) return tell(`Your report has ${tooMuch}. It is kept: take cards out, one export for each part.`, true);
    tell("The file is on its way.");
    const answered = /** @type {ReportFile & { error?: string }} */ (
      readAnswer(await python.exportReport({ report: packReport(report), format }))
    );
    if (answered.error) return tell(answered.error, true);
    saveBase64(answered.name, answered.type, answered.content);
    tell(`${answered.name} is saved.`);
  }

  /** @type {(chosen: File) => Promise<void>} */
  async function importFrom(chosen) {
    const report = await readReportFile(chosen);
    const answered = /** @type {SentReport & { error?: string }} */ (
      readAnswer(await python.importReport({ report: packReport(report) }))
    );
    if (answered.error) return tell(answered.error, true);
    /** @type {KeptReport | undefined} */
    let before;
    const kept = await alter((now) => {
      before = now;
      return answered;
    });
    const replaced = before;
    if (!kept || !replaced) return;
    offerUndo({ change: () => replaced, only: JSON.stringify(kept), text: "It is as it was before the import." });
    tell(`${chosen.name} is in the place of what was here.`);
  }

  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    if (chosen) attempt(() => importFrom(chosen));
    file.value = ""; // the same may be chosen again
  });

  /** @type {(report: KeptReport) => void} */
  function show(report) {
    for (const [field, text] of /** @type {const} */ ([
      [title, report.title],
      [author, report.author],
    ])) {
      if (document.activeElement !== field) field.value = text;
    }
    setText(size, describeSize(report));
    setText(warning, store.warning);
    setText(empty, report.cards.length ? "" : EMPTY);
    if (back?.only && back.only !== JSON.stringify(report)) offerUndo(undefined);
    showCards(report.cards);
  }

  // Leaves what stands there where it is: somebody may be writing in it.
  /** @type {(cards: KeptCard[]) => void} */
  function showCards(cards) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const keys = new Set(cards.map(({ key }) => key));
    for (const [key, { item }] of items) {
      if (keys.has(key)) continue;
      item.remove();
      items.delete(key);
    }
    for (const [place, card] of cards.entries()) {
      const shown = items.get(card.key) ?? createItem(card);
      items.set(card.key, shown);
      shown.update(card, place, cards.length);
      const there = list.children[place] ?? null;
      if (there !== shown.item) list.insertBefore(shown.item, there);
    }
    if (focused && focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** @type {(card: KeptCard) => CardItem} */
  const createItem = (card) =>
    createCardItem(card, {
      move: (by) => alter((report) => moveCard(report, card.key, by)),
      remove: () => takeOut(card),
      write: async (comment) => Boolean(await alter((report) => writeComment(report, card.key, comment))),
      render: async (text) => readAnswer(await python.render({ text })),
    });

  /** @type {(place: HTMLElement, name: string, change: (text: string) => Partial<SentReport>) => HTMLInputElement} */
  function addField(place, name, change) {
    const label = addNode(place, "label", "", name);
    const field = /** @type {HTMLInputElement} */ (addNode(label, "input"));
    Object.assign(field, { type: "text", maxLength: 200, autocomplete: "off" });
    field.addEventListener("change", () => alter((report) => checkSize(report, { ...report, ...change(field.value) })));
    return field;
  }

  store.news.addEventListener("change", () => {
    if (dialog.open) attempt(async () => show(await store.read()));
  });

  return async () => {
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
