// The visitor's report in the browser's own database. All windows of the browser share it; each change is one transaction.
/** @import { SentReport } from "../payloads.js" */
/** @import { KeptReport } from "./types.js" */

import { giveKeys } from "./cards.js";

const NAME = "glassbox-report";
const KEY = "report";
const FULL = "This is not kept: the browser has no room for more. Export your report, then take cards out.";
const KEEPS_NOTHING = "This browser keeps nothing: export before you close.";
const GONE = "The browser does not hand out your report. Reload the page.";

/** @type {() => KeptReport} */
export const makeEmptyReport = () => ({ schema: 1, title: "", author: "", cards: [] });

export function createReportStore() {
  let kept = makeEmptyReport(); // where the browser keeps nothing: as long as the page
  let keepsNothing = false;
  let wasOpen = false;
  /** @type {Promise<IDBDatabase | null> | undefined} */
  let opening;
  const news = new EventTarget();
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(NAME) : null;
  channel?.addEventListener("message", () => news.dispatchEvent(new Event("change")));

  const open = () =>
    (opening ??= new Promise((done, fail) => {
      // What was read before is somewhere: an empty report would be a lie.
      const giveUp = () => {
        if (wasOpen) {
          opening = undefined;
          return fail(new Error(GONE));
        }
        keepsNothing = true;
        done(null);
      };
      try {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(NAME);
        request.onsuccess = () => {
          wasOpen = true;
          const database = request.result;
          database.onclose = () => {
            opening = undefined;
          };
          // Another window takes the database away, or has a newer one: it waits until this one is closed.
          database.onversionchange = () => {
            database.close();
            opening = undefined;
          };
          done(database);
        };
        request.onerror = giveUp;
        request.onblocked = giveUp;
      } catch {
        giveUp(); // forbidden
      }
    }));

  // Opens once more where the browser has closed the database unheard.
  /** @type {(mode: IDBTransactionMode) => Promise<IDBTransaction | null>} */
  async function begin(mode) {
    for (const isLast of [false, true]) {
      const database = await open();
      try {
        return database?.transaction(NAME, mode) ?? null;
      } catch (mistake) {
        opening = undefined;
        if (isLast) throw mistake;
      }
    }
    return null;
  }

  // Hands the report to `alter`, and keeps what that returns.
  /** @type {(alter: (report: KeptReport) => SentReport) => Promise<KeptReport>} */
  async function change(alter) {
    const transaction = await begin("readwrite");
    if (!transaction) {
      kept = giveKeys(alter(kept));
      return kept;
    }
    const changed = await /** @type {Promise<KeptReport>} */ (
      new Promise((done, fail) => {
        const store = transaction.objectStore(NAME);
        const reading = store.get(KEY);
        /** @type {KeptReport} */
        let result;
        reading.onsuccess = () => {
          try {
            result = giveKeys(alter(giveKeys(reading.result ?? makeEmptyReport())));
            store.put(result, KEY);
          } catch (mistake) {
            fail(mistake);
            transaction.abort();
          }
        };
        transaction.oncomplete = () => done(result);
        transaction.onabort = () => fail(explain(transaction.error));
      })
    );
    channel?.postMessage(""); // other windows
    return changed;
  }

  /** @type {() => Promise<KeptReport>} */
  async function read() {
    const transaction = await begin("readonly");
    if (!transaction) return kept;
    const found = await /** @type {Promise<KeptReport>} */ (
      new Promise((done, fail) => {
        const reading = transaction.objectStore(NAME).get(KEY);
        reading.onsuccess = () => done(reading.result ?? makeEmptyReport());
        transaction.onabort = () => fail(explain(reading.error ?? transaction.error));
      })
    );
    // Cards of an earlier version have no keys: they are to be the same in every window.
    return found.cards.every((card) => card.key) ? found : change((report) => report);
  }

  return {
    read,
    change,
    news,
    // What there is to be told of the browser; empty where it keeps the report.
    get warning() {
      return keepsNothing ? KEEPS_NOTHING : "";
    },
  };
}

/** @type {(mistake: DOMException | null) => Error} */
const explain = (mistake) =>
  new Error(!mistake || mistake.name === "QuotaExceededError" ? FULL : `The browser says: ${mistake.message}`);
