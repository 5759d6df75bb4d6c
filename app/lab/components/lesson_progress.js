// How far a visitor is in each lesson, in the browser's own storage.
/** @import { Progress } from "./types.js" */

const KEY = "glassbox-lessons";

export function createLessonProgress() {
  /** @type {Record<string, Progress>} */
  let lessons = {};
  let isForgetful = false; // the browser stores nothing: progress lasts as long as the page

  function read() {
    if (isForgetful) return;
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}")?.lessons ?? {};
      lessons = Object.fromEntries(Object.entries(stored).filter(([, one]) => isProgress(one)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) isForgetful = true; // what is damaged is begun anew
    }
  }

  /** @type {(lesson: string) => Progress} */
  function find(lesson) {
    read();
    return Object.hasOwn(lessons, lesson) ? lessons[lesson] : { step: 0, done: [] };
  }

  /** @type {(lesson: string, progress: Progress) => void} */
  function keep(lesson, progress) {
    lessons = { ...lessons, [lesson]: progress };
    try {
      localStorage.setItem(KEY, JSON.stringify({ schema: 1, lessons }));
    } catch {
      isForgetful = true; // full, or forbidden
    }
  }

  return {
    find,
    /** @type {(lesson: string, step: number) => void} */
    keepStep(lesson, step) {
      keep(lesson, { ...find(lesson), step });
    },
    /** @type {(lesson: string, step: number) => void} */
    keepDone(lesson, step) {
      const { step: shown, done } = find(lesson);
      if (!done.includes(step)) keep(lesson, { step: shown, done: [...done, step].sort((a, b) => a - b) });
    },
  };
}

/** @type {(one: any) => boolean} */
function isProgress(one) {
  return isPlace(one?.step) && Array.isArray(one.done) && one.done.length < 100 && one.done.every(isPlace);
}

/** @type {(value: unknown) => boolean} */
const isPlace = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 100;
