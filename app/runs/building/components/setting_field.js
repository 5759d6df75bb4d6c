// One setting of a layer: a field of a number, or a switch. What is no value of it is said, stays as it was typed, and
// changes nothing.
/** @import { SettingValue, SettingView } from "./types.js" */

import { explainNumber, stepNumber } from "../../../ui/components/number_bounds.js";
import { readNumber } from "../../../ui/components/read_number.js";

/** @type {Record<string, [1 | -1, boolean]>} */
const STEPS = { ArrowUp: [1, false], ArrowDown: [-1, false], PageUp: [1, true], PageDown: [-1, true] };

/** @typedef {{ node: HTMLElement, fill: (value: SettingValue, where: string, choice: string) => void }} SettingField */

// `change` is called with a value that is one, `tell` with what is wrong, "" for nothing.
/** @type {(setting: SettingView, given: { change: (value: SettingValue) => void, tell: (sentence: string) => void }) => SettingField} */
export function createSettingField(setting, { change, tell }) {
  const node = document.createElement("label");
  node.className = `gb-setting is-${setting.type}`;
  const name = node.appendChild(document.createElement("span"));
  name.textContent = setting.name;
  const field = node.appendChild(document.createElement("input"));
  const bounds = {
    low: setting.low,
    high: setting.high,
    step: setting.step,
    isWhole: setting.type === "whole",
    isAbove: false,
    byFactor: false,
    byDoubling: setting.by_doubling,
  };
  /** @type {SettingValue | undefined} */
  let filled; // what the list has

  if (setting.type === "switch") {
    field.type = "checkbox";
    field.addEventListener("change", () => change((filled = field.checked)));
  } else {
    field.type = "text";
    field.inputMode = bounds.isWhole ? "numeric" : "decimal";
    field.autocomplete = "off";
    field.setAttribute("role", "spinbutton");
    field.setAttribute("aria-valuemin", `${bounds.low}`);
    field.setAttribute("aria-valuemax", `${bounds.high}`);
    field.addEventListener("input", readText);
    field.addEventListener("keydown", stepWithKeys);
    field.addEventListener("focus", () => field.select());
  }

  function explain() {
    const text = field.value.trim();
    if (text === "")
      return setting.is_optional ? "" : `This is empty: enter a number from ${bounds.low} to ${bounds.high}.`;
    return explainNumber(text, bounds);
  }

  function readText() {
    const sentence = explain();
    field.setAttribute("aria-invalid", `${Boolean(sentence)}`);
    tell(sentence && `${setting.name}: ${sentence}`);
    if (sentence) return;
    const text = field.value.trim();
    const value = text === "" ? null : readNumber(text);
    if (value === filled) return;
    filled = value;
    showValue(value);
    change(value);
  }

  /** @type {(value: SettingValue) => void} */
  function showValue(value) {
    if (typeof value === "number") field.setAttribute("aria-valuenow", `${value}`);
    else field.removeAttribute("aria-valuenow");
    node.classList.toggle("is-default", value === setting.default && value !== null);
  }

  /** @type {(event: KeyboardEvent) => void} */
  function stepWithKeys(event) {
    const [way, isLong] = STEPS[event.key] ?? [];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (explain()) return;
    const text = field.value.trim() || field.placeholder || `${bounds.low}`;
    field.value = `${stepNumber(readNumber(text), way, Boolean(isLong), bounds)}`;
    readText();
  }

  // `where` names the layer; `choice` is what PyTorch takes where the field is empty.
  /** @type {SettingField["fill"]} */
  function fill(value, where, choice) {
    field.setAttribute("aria-label", `${setting.name} of ${where}`);
    if (setting.is_optional) field.placeholder = choice;
    if (value === filled) return; // what is typed there stays as it is
    filled = value;
    showValue(value);
    if (setting.type === "switch") {
      field.checked = value === true;
      return;
    }
    field.value = value === null ? "" : `${value}`;
    field.setAttribute("aria-invalid", "false");
    tell("");
  }

  return { node, fill };
}
