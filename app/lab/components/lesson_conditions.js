// How the page knows that a lesson's step was done: by what it shows anyway. Nothing tells a lesson of its own.

import { readNumber } from "../../ui/components/read_number.js";
import { isOpen } from "../../ui/components/sections.js";

// Each is given the words that follow its name in a lesson, and returns what tells whether the step is done.
/** @type {Record<string, (...words: string[]) => () => boolean>} */
const CONDITIONS = {
  // a tab is open
  tab: (name) => () => Boolean(document.querySelector(`#gb-tabs [data-tab-id="${name}"][aria-selected="true"]`)),
  // a section is open
  section: (title) => () => {
    const section = findTitled(title);
    return Boolean(section && isOpen(section));
  },
  // in a choice, or a list of several, this is chosen
  chosen: (id, text) => () => {
    const place = document.getElementById(id);
    const fields = /** @type {HTMLInputElement[]} */ ([...(place?.querySelectorAll("input") ?? [])]);
    return fields.some((field) => beginsWith(field.value, text)) || hasToken(place, text);
  },
  // what a component says is another than when the step was opened; what it plays by itself does not count
  changed: (id) => {
    /** @type {string | undefined} */
    let before;
    return () => {
      const place = document.getElementById(id);
      const text = readText(place);
      if (!text) return false;
      if (before === undefined || readText(place?.querySelector("[data-move='play']")) === "Pause") before = text;
      return text !== before;
    };
  },
  // the first optimizer's step size lies between two numbers
  rate: (low, high) => () => {
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector(".gb-optimizer-1 input[data-number]"));
    try {
      const rate = readNumber(field?.value ?? "");
      return rate >= Number(low) && rate <= Number(high);
    } catch {
      return false; // somebody is typing
    }
  },
  // a race was seen to its end
  played: () => {
    let wasBefore = false;
    return () => {
      const scrubber = /** @type {HTMLInputElement | null} */ (
        document.querySelector("#descent-player input[type='range']")
      );
      if (!scrubber || scrubber.max === "0") return false;
      const isAtEnd = scrubber.value === scrubber.max;
      wasBefore ||= !isAtEnd;
      return wasBefore && isAtEnd;
    };
  },
  // the pad's network reads this digit, or any
  read: (digit) => () => {
    const pad = /** @type {HTMLElement | null} */ (document.querySelector("#pad .gb-pad"));
    return (
      Boolean(pad?.checkVisibility()) && (digit ? pad?.dataset.digit === digit : /^\d$/.test(pad?.dataset.digit ?? ""))
    );
  },
  // a run of one's own is done
  run: () => () => Boolean(document.querySelector("#runs [data-status='done'][data-run]:not([data-run='example'])")),
};

// The section of a title, Gradio's or our own.
/** @type {(title: string) => HTMLElement | null} */
export function findTitled(title) {
  const heads = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("button.label-wrap, details > summary")]);
  return heads.find((head) => readText(head).startsWith(title))?.parentElement ?? null;
}

/** @type {(place: HTMLElement | null, text: string) => boolean} */
const hasToken = (place, text) =>
  [...(place?.querySelectorAll(".token") ?? [])].some((token) => beginsWith(readText(token), text));

// ConvNet begins “ConvNet (fast)”, and not “ConvNet3”.
/** @type {(text: string, words: string) => boolean} */
const beginsWith = (text, words) => `${text} `.startsWith(`${words} `);

/** @type {(place: Element | null | undefined) => string} */
const readText = (place) => place?.textContent?.trim() ?? "";

// Returns what tells whether a step is done, by its words; null where reading it is all. `isAnswered` knows of exercises.
/** @type {(words: string[], isAnswered: (exercise: string) => boolean) => (() => boolean) | null} */
export function createCondition([name, ...words], isAnswered) {
  if (!name) return null;
  if (name === "answered") return () => isAnswered(words[0]);
  return CONDITIONS[name](...words);
}
