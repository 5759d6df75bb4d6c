// How the page knows that a lesson's step was done: by what it shows anyway. Nothing tells a lesson of its own.

import { readNumber } from "../../ui/components/read_number.js";
import { isOpen } from "../../ui/components/sections.js";
import { isLocked } from "../../ui/components/solutions.js";

const ACTS = ["pointermove", "pointerdown", "keydown", "click"];
const SCRUBBERS = "#descent-player input[type='range'], #plane .gb-transport input[type='range']";

// Each is given the words that follow its name in a lesson, and the signal that ends the step; it returns what tells whether
// the step is done.
/** @type {Record<string, (words: string[], signal: AbortSignal) => () => boolean>} */
const CONDITIONS = {
  // a tab is open
  tab:
    ([name]) =>
    () =>
      Boolean(document.querySelector(`#gb-tabs [data-tab-id="${name}"][aria-selected="true"]`)),
  // a section is open, or was found locked
  section:
    ([title]) =>
    () => {
      const section = findTitled(title);
      return Boolean(section && (isOpen(section) || (isLocked(section) && section.checkVisibility())));
    },
  // in a choice, or a list of several, this is chosen
  chosen:
    ([id, text]) =>
    () => {
      const place = document.getElementById(id);
      const fields = /** @type {HTMLInputElement[]} */ ([...(place?.querySelectorAll("input") ?? [])]);
      return fields.some((field) => beginsWith(field.value, text)) || hasToken(place, text);
    },
  // what a component says is another than before the visitor did something; what it plays by itself does not count, nor
  // what the page's load brings
  changed: ([id], signal) => {
    let before = ""; // as it stands when the visitor begins
    let hasActed = false;
    const read = () => readText(document.getElementById(id));
    const hear = (/** @type {Event} */ event) => {
      if (hasActed || !isAct(event, id)) return;
      hasActed = true;
      before = read();
    };
    for (const type of ACTS) document.addEventListener(type, hear, { signal, capture: true });
    return () => {
      const text = read();
      if (!hasActed || !text) return false;
      const isPlaying = readText(document.querySelector(`#${id} [data-move='play']`)) === "Pause";
      if (!before || isPlaying) before = text;
      return text !== before;
    };
  },
  // the first optimizer's step size lies between two numbers
  rate:
    ([low, high]) =>
    () => {
      const field = /** @type {HTMLInputElement | null} */ (
        document.querySelector(".gb-optimizer-1 input[data-number]")
      );
      try {
        const rate = readNumber(field?.value ?? "");
        return rate >= Number(low) && rate <= Number(high);
      } catch {
        return false; // somebody is typing
      }
    },
  // what a bench plays was seen to its end
  played: () => {
    let wasBefore = false;
    return () => {
      const scrubbers = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(SCRUBBERS)]);
      const scrubber = scrubbers.find((one) => one.checkVisibility());
      if (!scrubber || scrubber.max === "0") return false;
      const isAtEnd = scrubber.value === scrubber.max;
      wasBefore ||= !isAtEnd;
      return wasBefore && isAtEnd;
    };
  },
  // the pad's network reads this digit, or any
  read:
    ([digit]) =>
    () => {
      const pad = /** @type {HTMLElement | null} */ (document.querySelector("#pad .gb-pad"));
      return (
        Boolean(pad?.checkVisibility()) &&
        (digit ? pad?.dataset.digit === digit : /^\d$/.test(pad?.dataset.digit ?? ""))
      );
    },
  // a run of one's own is done that was not done when the step first saw it
  run: () => {
    /** @type {Set<string | undefined>} */
    const begun = new Set();
    const all = "#runs [data-status][data-run]:not([data-run='example'])";
    return () => {
      const runs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(all)]);
      for (const { dataset } of runs) if (dataset.status !== "done") begun.add(dataset.run);
      return runs.some(({ dataset }) => dataset.status === "done" && begun.has(dataset.run));
    };
  },
};

// Whether a visitor does something with what a tab shows; a pointer that moves counts over the component alone.
/** @type {(event: Event, id: string) => boolean} */
function isAct({ isTrusted, target, type }, id) {
  if (!isTrusted || !(target instanceof Element) || target.closest('[role="tab"]')) return false;
  return Boolean(target.closest(type === "pointermove" ? `#${id}` : '[role="tabpanel"]'));
}

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

// Returns what tells whether a step is done, by its words; null where reading it is all. `isAnswered` knows of exercises,
// `signal` ends what listens.
/** @type {(words: string[], isAnswered: (exercise: string) => boolean, signal: AbortSignal) => (() => boolean) | null} */
export function createCondition([name, ...words], isAnswered, signal) {
  if (!name) return null;
  if (name === "answered") return () => isAnswered(words[0]);
  return CONDITIONS[name](words, signal);
}
