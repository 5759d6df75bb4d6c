// Fields of one number, Gradio's and ours. The browser's own drop a decimal comma, step by 1 and take what is out of bounds;
// these are text that is read as a number. What cannot be one is said beside the field, stays as it was typed, and reaches
// Python as text. Bounds and steps come from the tables of settings (see number_field.py).

/** @import { Bounds } from "./types.js" */
/** @typedef {HTMLInputElement} Field */
/** @typedef {{ own: string, python: string, node: HTMLElement | null }} Said what is said at a block by this script and by Python */

import { explainNumber, stepNumber } from "./number_bounds.js";
import { readNumber } from "./read_number.js";

/** @type {Record<string, [1 | -1, boolean]>} */
const STEPS = { ArrowUp: [1, false], ArrowDown: [-1, false], PageUp: [1, true], PageDown: [-1, true] };

export function watchNumberFields() {
  const content = /** @type {Required<PropertyDescriptor>} */ (
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")
  );
  /** @type {(field: Field) => string} */
  const readText = (field) => content.get.call(field).trim();
  /** @type {WeakMap<Element, Said>} */
  const told = new WeakMap();
  let count = 0;

  /** @type {(field: Field) => number} */
  const read = (field) => {
    try {
      return readNumber(readText(field));
    } catch {
      return NaN;
    }
  };
  /** @type {(field: Field) => boolean} */
  const isReadable = (field) => readText(field) === "" || !Number.isNaN(read(field));

  // From the field's attributes, which Gradio keeps up to date, and its block's classes.
  /** @type {(field: Field) => Bounds} */
  const boundsOf = (field) => {
    const classes = field.closest(".block:not(label)")?.classList;
    const has = (/** @type {string} */ name) => Boolean(classes?.contains(`gb-${name}`));
    const bound = (/** @type {string} */ name, /** @type {number} */ otherwise) =>
      field.getAttribute(name) ? Number(field.getAttribute(name)) : otherwise;
    return {
      low: bound("min", -Infinity),
      high: bound("max", Infinity),
      step: bound("step", 1) || 1,
      isWhole: has("whole"),
      isAbove: has("above"),
      byFactor: has("by-factor"),
      byDoubling: has("by-doubling"),
    };
  };
  /** @type {(field: Field) => string} */
  const explain = (field) => explainNumber(readText(field), boundsOf(field));

  // ---- Sentences beside fields

  /** @type {(block: Element) => Element} */
  const placeOf = (block) => block.closest(".gb-optimizer") || block;

  /** @type {(block: Element, who: "own" | "python", sentence: string) => void} */
  const say = (block, who, sentence) => {
    const place = placeOf(block);
    const said = told.get(block) || { own: "", python: "", node: null };
    if (!told.has(block) && !sentence) return;
    told.set(block, Object.assign(said, { [who]: sentence }));
    if (!said.node?.isConnected) {
      said.node = document.createElement("p");
      said.node.className = "gb-field-error";
      count += 1;
      said.node.id = `gb-field-error-${count}`;
      said.node.setAttribute("role", "status");
      if (place === block && !block.matches("button")) place.append(said.node);
      else place.after(said.node);
    }
    const words = said.own || said.python;
    if (said.node.textContent !== words) said.node.textContent = words;
    for (const field of block.querySelectorAll("input, textarea")) {
      field.setAttribute("aria-invalid", String(Boolean(words)));
      if (words) field.setAttribute("aria-describedby", said.node.id);
      else field.removeAttribute("aria-describedby");
    }
  };

  /** @type {(field: Field) => void} */
  const check = (field) => {
    const block = field.closest(".block:not(label)");
    const value = read(field);
    if (Number.isNaN(value)) field.removeAttribute("aria-valuenow");
    else field.setAttribute("aria-valuenow", `${value}`);
    const { low, high } = boundsOf(field);
    if (low > -Infinity) field.setAttribute("aria-valuemin", `${low}`);
    if (high < Infinity) field.setAttribute("aria-valuemax", `${high}`);
    if (!block || block.classList.contains("gb-component")) return; // ours say themselves what is wrong
    say(block, "own", explain(field));
  };

  // Says Python's errors, { field: sentence }, at the blocks with the class `prefix` and the field's name, and takes back
  // those before. Returns the sentences for which no such block is in sight.
  /** @type {(errors: Record<string, string>, prefix: string) => string[]} */
  const tellErrors = (errors, prefix) => {
    const unsaid = { ...errors };
    for (const block of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[class*="${prefix}"]`))) {
      const name = [...block.classList].find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? "";
      say(block, "python", errors[name] || "");
      if (name in unsaid && block.offsetParent) delete unsaid[name];
    }
    return Object.values(unsaid);
  };
  window.glassboxFields = { tellErrors };

  // ---- Reading and stepping

  /** @type {(field: Field) => void} */
  const convert = (field) => {
    const { low, isWhole } = boundsOf(field);
    field.dataset.number = "";
    field.setAttribute("type", "text");
    field.setAttribute("role", "spinbutton");
    field.setAttribute("autocomplete", "off");
    field.inputMode = low < 0 ? "text" : isWhole ? "numeric" : "decimal"; // a telephone's digits have no minus
    // Who reads the field as one of a number goes on doing so, and gets the text of what is none.
    Object.defineProperty(field, "type", { configurable: true, get: () => (isReadable(field) ? "number" : "text") });
    Object.defineProperty(field, "value", {
      configurable: true,
      get: () => (isReadable(field) && readText(field) ? String(read(field)) : readText(field)),
      // What says the same stays as it was typed: Gradio sets what it has just read, once more where keys come fast.
      set: (/** @type {unknown} */ value) => {
        if (String(value ?? "") !== field.value) content.set.call(field, value ?? "");
        check(field);
      },
    });
    check(field);
  };

  /** @type {(root: Node) => void} */
  const convertAll = (root) => {
    if (!(root instanceof Element)) return;
    if (root instanceof HTMLInputElement && root.matches('input[type="number"]')) convert(root);
    /** @type {NodeListOf<Field>} */ (root.querySelectorAll('input[type="number"]')).forEach(convert);
  };

  /** @type {(event: any) => void} */
  const stepWithKeys = (event) => {
    const field = event.target;
    const [way, isLong] = STEPS[event.key] ?? [0, false];
    if (!way || event.ctrlKey || event.altKey || event.metaKey || field.dataset?.number === undefined) return;
    event.preventDefault();
    const before = readText(field) === "" ? 0 : read(field);
    if (Number.isNaN(before) || field.disabled || field.readOnly) return;
    const value = stepNumber(before, way, isLong, boundsOf(field));
    if (value === before) return;
    content.set.call(field, String(value));
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(convertAll);
  }).observe(document.body, { childList: true, subtree: true });
  convertAll(document.body);
  document.addEventListener(
    "input",
    (/** @type {any} */ { target }) => {
      if (target.dataset?.number !== undefined) check(target);
    },
    { capture: true },
  );
  document.addEventListener("keydown", stepWithKeys, { capture: true });
  // Gradio's slider puts its number within the bounds when it is left: it stays as it was typed, and is said.
  document.addEventListener(
    "blur",
    (/** @type {any} */ event) => {
      if (event.target.dataset?.number !== undefined && explain(event.target)) event.stopImmediatePropagation();
    },
    { capture: true },
  );
}
