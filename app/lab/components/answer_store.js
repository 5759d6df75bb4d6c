// A visitor's answers in the browser's own storage, by the name that draws the numbers. All windows of the browser share them.
/** @import { KeptAnswer, Sheet } from "./types.js" */

const ANSWERS_KEY = "glassbox-answers";
const DAMAGED_KEY = "glassbox-answers-damaged"; // what could not be read, before it is written over
const MAX_NAMES = 20; // the oldest go first
const MAX_IDLE_SECONDS = 300; // a longer pause does not count as time spent

/** @type {(name: string) => string} */
export const tidyName = (name) => name.normalize("NFKC").toLowerCase().trim().split(/\s+/).filter(Boolean).join(" ");

// `readClock` returns milliseconds.
/** @param {() => number} readClock */
export function createAnswerStore(readClock = () => Date.now()) {
  /** @type {Sheet[]} */
  let sheets = []; // the newest last
  let lastName = "";
  const opened = readClock();
  let isForgetful = false; // the browser stores nothing more: the answers last as long as the page

  function read() {
    if (isForgetful) return;
    /** @type {string | null} */
    let text;
    try {
      text = localStorage.getItem(ANSWERS_KEY);
    } catch {
      isForgetful = true;
      return;
    }
    if (text === null) return;
    try {
      const stored = JSON.parse(text);
      sheets = stored.sheets.filter(isSheet);
      lastName = typeof stored.name === "string" ? stored.name.slice(0, 80) : "";
    } catch {
      save(DAMAGED_KEY, text);
      save(ANSWERS_KEY, JSON.stringify({ schema: 1, name: lastName, sheets }));
    }
  }

  /** @type {(key: string, text: string) => void} */
  function save(key, text) {
    try {
      localStorage.setItem(key, text);
    } catch {
      isForgetful = true; // full, or forbidden
    }
  }

  function write() {
    sheets = sheets.slice(-MAX_NAMES);
    save(ANSWERS_KEY, JSON.stringify({ schema: 1, name: lastName, sheets }));
  }

  /** @type {(name: string) => Sheet} */
  function findSheet(name) {
    read();
    return (
      sheets.find((sheet) => tidyName(sheet.name) === tidyName(name)) ?? { name, seconds: 0, seen: opened, answers: {} }
    );
  }

  return {
    findSheet,
    findLastName() {
      read();
      return lastName;
    },
    /** @type {(name: string) => void} */
    keepName(name) {
      read();
      lastName = name;
      write();
    },
    // Keeps an answer, and counts the time since the last one.
    /** @type {(name: string, key: string, answer: KeptAnswer) => void} */
    keep(name, key, answer) {
      const sheet = findSheet(name);
      const now = readClock();
      const since = Math.max(Number(sheet.seen) || 0, opened); // whichever section of the page was answered last
      sheet.seconds += Math.max(0, Math.min((now - since) / 1000, MAX_IDLE_SECONDS));
      sheet.seen = now;
      sheet.answers[key] = answer;
      sheets = [...sheets.filter((other) => other !== sheet), sheet];
      write();
    },
    // The file that `glassbox grade` reads.
    /** @type {(name: string) => string} */
    writeSheet(name) {
      const { answers, seconds } = findSheet(name);
      const list = Object.entries(answers).filter(([, answer]) => answer.tries > 0);
      return JSON.stringify(
        {
          schema: 1,
          name,
          seconds: Math.round(seconds),
          answers: list.map(([exercise, { given, tries, gaveUp }]) => ({ exercise, given, tries, gave_up: gaveUp })),
        },
        null,
        1,
      );
    },
  };
}

/** @type {(sheet: unknown) => boolean} */
function isSheet(sheet) {
  const { name, seconds, answers } = /** @type {Sheet} */ (sheet ?? {});
  return (
    typeof name === "string" &&
    Number.isFinite(seconds) &&
    typeof answers === "object" &&
    answers !== null &&
    Object.values(answers).every((one) => Number.isInteger(one?.tries) && typeof one.isRight === "boolean")
  );
}
