// The fields of an answer: numbers in a grid, a choice, or a line of code.
/** @import { ExerciseView } from "../payloads.js" */
/** @import { Fields, Given } from "./types.js" */

import { addNode } from "../../ui/components/nodes.js";
import { readNumber } from "../../ui/components/read_number.js";

// Puts the fields of an exercise into a place.
/** @type {(place: HTMLElement, exercise: ExerciseView) => Fields} */
export function createFields(place, exercise) {
  if (exercise.kind === "choice") return createChoice(place, exercise);
  if (exercise.kind === "code") return createLine(place);
  return createNumbers(place, exercise);
}

/** @type {(place: HTMLElement, exercise: ExerciseView) => Fields} */
function createNumbers(place, { rows, columns, is_vector, unit }) {
  const grid = addNode(place, "div", "gb-exercises-grid");
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 96px))`;
  const names = Array.from({ length: rows * columns }, (_, index) => {
    if (rows * columns === 1) return "Your answer";
    if (is_vector) return `Number ${index + 1} of ${columns}`;
    return `Row ${Math.floor(index / columns) + 1}, column ${(index % columns) + 1}`;
  });
  const fields = names.map((name) => {
    const field = /** @type {HTMLInputElement} */ (addNode(grid, "input"));
    Object.assign(field, { type: "text", inputMode: "decimal", autocomplete: "off", ariaLabel: name });
    field.addEventListener("input", () => field.removeAttribute("aria-invalid"));
    return field;
  });
  if (unit) addNode(place, "span", "gb-exercises-unit", unit);

  // Arrows walk through the grid, as in a spreadsheet.
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -columns, ArrowDown: columns }[event.key];
    const index = fields.indexOf(/** @type {HTMLInputElement} */ (event.target));
    if (step === undefined || !fields[index + step]) return;
    event.preventDefault();
    fields[index + step].focus();
  });

  return {
    read() {
      return fields.map((field, index) => {
        const text = field.value.trim();
        try {
          if (!text) throw new Error(fields.length === 1 ? "Write your answer." : `${names[index]} is empty.`);
          const [top, bottom, more] = text.split("/");
          if (bottom === undefined || more !== undefined) return readNumber(text);
          return readNumber(top) / readNumber(bottom); // as 1/3
        } catch (mistake) {
          field.setAttribute("aria-invalid", "true");
          field.focus();
          throw mistake;
        }
      });
    },
    fill(given) {
      if (!Array.isArray(given) || given.length !== fields.length) return;
      given.forEach((value, index) => {
        fields[index].value = String(value);
      });
    },
    mark(wrong) {
      fields.forEach((field, index) => {
        if (wrong.includes(index)) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      });
    },
  };
}

/** @type {(place: HTMLElement, exercise: ExerciseView) => Fields} */
function createChoice(place, { key, options }) {
  const group = addNode(place, "div", "gb-exercises-choice");
  group.role = "radiogroup";
  group.ariaLabel = "Your answer";
  const name = `${key}-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const radios = options.map((option) => {
    const label = addNode(group, "label");
    const radio = /** @type {HTMLInputElement} */ (addNode(label, "input"));
    Object.assign(radio, { type: "radio", name });
    addNode(label, "span").innerHTML = option; // rendered by Python
    return radio;
  });
  return {
    read() {
      const chosen = radios.findIndex((radio) => radio.checked);
      if (chosen >= 0) return chosen;
      radios[0].focus();
      throw new Error("Choose one of the answers.");
    },
    fill(given) {
      if (typeof given === "number" && radios[given]) radios[given].checked = true;
    },
    mark() {},
  };
}

/** @type {(place: HTMLElement) => Fields} */
function createLine(place) {
  const field = /** @type {HTMLInputElement} */ (addNode(place, "input", "gb-exercises-line"));
  Object.assign(field, { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false, maxLength: 200 });
  field.ariaLabel = "Your line of code";
  field.addEventListener("input", () => field.removeAttribute("aria-invalid"));
  return {
    read() {
      if (field.value.trim()) return field.value;
      field.setAttribute("aria-invalid", "true");
      field.focus();
      throw new Error("Write the line of code.");
    },
    /** @param {Given} given */
    fill(given) {
      field.value = String(given);
    },
    mark(wrong) {
      if (wrong.length) field.setAttribute("aria-invalid", "true");
    },
  };
}
