// The visitor's report in the browser's own database. All windows of the browser share it; each change is one transaction.
/** @import { SentReport } from "../payloads.js" */

const NAME = "glassbox-report";
const KEY = "report";

/** @type {() => SentReport} */
export const makeEmptyReport = () => ({ schema: 1, title: "", author: "", cards: [] });

export function createReportStore() {
  let kept = makeEmptyReport(); // where the browser keeps nothing: as long as the page
  /** @type {Promise<IDBDatabase | null> | undefined} */
  let opening;
  const news = new EventTarget();
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(NAME) : null;
  channel?.addEventListener("message", () => news.dispatchEvent(new Event("change")));

  const open = () =>
    (opening ??= new Promise((done) => {
      try {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(NAME);
        request.onsuccess = () => done(request.result);
        request.onerror = () => done(null);
        request.onblocked = () => done(null);
      } catch {
        done(null); // forbidden
      }
    }));

  // Hands the report to `alter`, and keeps what that returns.
  /** @type {(alter: (report: SentReport) => SentReport) => Promise<SentReport>} */
  async function change(alter) {
    const database = await open();
    if (!database) {
      kept = alter(kept);
      return kept;
    }
    const changed = await new Promise((done, fail) => {
      const transaction = database.transaction(NAME, "readwrite");
      const store = transaction.objectStore(NAME);
      const reading = store.get(KEY);
      /** @type {SentReport} */
      let result;
      reading.onsuccess = () => {
        try {
          result = alter(reading.result ?? makeEmptyReport());
          store.put(result, KEY);
        } catch (mistake) {
          transaction.abort();
          fail(mistake);
        }
      };
      transaction.oncomplete = () => done(result);
      transaction.onabort = () => fail(transaction.error ?? new Error("This browser has no room for more."));
    });
    channel?.postMessage(""); // other windows
    return changed;
  }

  /** @type {() => Promise<SentReport>} */
  async function read() {
    const database = await open();
    if (!database) return kept;
    return new Promise((done) => {
      const reading = database.transaction(NAME).objectStore(NAME).get(KEY);
      reading.onsuccess = () => done(reading.result ?? makeEmptyReport());
      reading.onerror = () => done(makeEmptyReport());
    });
  }

  return { read, change, news };
}
