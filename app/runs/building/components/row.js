// One layer as a row: its kind and settings, what goes out, what it costs, what does not fit and what mends it.
/** @import { KindView, Layer, RepairView, Row, RowActions, RowView } from "./types.js" */
/** @import { SettingField } from "./setting_field.js" */

import { addNode, findPart, setText } from "../../../ui/components/nodes.js";
import { WHOLE } from "../../../ui/components/numbers.js";
import { writeSizes } from "./flow.js";
import { changeKind, setSetting } from "./layer_list.js";
import { createSettingField } from "./setting_field.js";

const ICONS = {
  up: "M8 13V3M3.5 7.5L8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5L8 13l4.5-4.5",
  double: "M5.5 5.5h8v8h-8zM2.5 10.5v-8h8",
  remove: "M4 4l8 8M12 4l-8 8",
};
const ACTIONS = /** @type {const} */ (["up", "down", "double", "remove"]);
const SAYING = { up: "Move up", down: "Move down", double: "Double", remove: "Remove" };
const TEMPLATE = `
<div class="gb-layer-line" role="group">
  <button type="button" class="gb-layer-grip" title="Drag it, or press Alt and an arrow key">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 4h1M10 4h1M5 8h1M10 8h1M5 12h1M10 12h1"/></svg></button>
  <span class="gb-layer-number"></span>
  <select></select>
  <div class="gb-layer-settings"></div>
  <span class="gb-layer-output"></span>
  <span class="gb-layer-learned"><span></span><i></i></span>
  <span class="gb-layer-adds"></span>
  <div class="gb-layer-actions">${ACTIONS.map(
    (action) => `<button type="button" data-act="${action}" title="${SAYING[action]}">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[action]}"/></svg></button>`,
  ).join("")}</div>
</div>
<div class="gb-layer-said" role="status"></div>`;

/** @type {(kinds: KindView[]) => HTMLOptGroupElement[]} */
export function buildChoices(kinds) {
  return [...Map.groupBy(kinds, ({ group }) => group)].map(([group, members]) => {
    const node = document.createElement("optgroup");
    node.label = group;
    for (const { name } of members) node.append(new Option(name, name));
    return node;
  });
}

/** @type {(key: number, kinds: Map<string, KindView>, actions: RowActions) => Row} */
export function createRow(key, kinds, { change, act, mend, report }) {
  const node = document.createElement("li");
  node.className = "gb-layer";
  node.dataset.key = `${key}`;
  node.innerHTML = TEMPLATE;
  const [line, said] = [findPart(node, ".gb-layer-line"), findPart(node, ".gb-layer-said")];
  const choice = /** @type {HTMLSelectElement} */ (node.querySelector("select"));
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (node.querySelectorAll("[data-act]"));
  choice.append(...buildChoices([...kinds.values()]));
  choice.addEventListener("change", () => {
    const kind = /** @type {KindView} */ (kinds.get(choice.value));
    change(key, (layer) => changeKind(layer, kind), "");
  });
  for (const button of buttons)
    button.addEventListener("click", () => act(key, /** @type {"up"} */ (button.dataset.act)));

  /** @type {Map<string, SettingField>} */
  let fields = new Map();
  let fieldsOf = "";
  /** @type {Map<string, string>} */
  let mistakes = new Map(); // in fields, by their settings
  /** @type {RowView | null} */
  let shown = null;
  /** @type {Layer | null} */
  let filledWith = null;
  let filledText = "";

  /** @type {(kind: KindView) => void} */
  function buildFields(kind) {
    mistakes = new Map();
    fields = new Map(
      kind.settings.map((setting) => [
        setting.name,
        createSettingField(setting, {
          change: (value) => {
            change(key, (layer) => setSetting(layer, setting.name, value, kind), `${key} ${setting.name}`);
          },
          tell: (sentence) => {
            mistakes.set(setting.name, sentence);
            say();
            report();
          },
        }),
      ]),
    );
    findPart(node, ".gb-layer-settings").replaceChildren(...[...fields.values()].map((field) => field.node));
    fieldsOf = kind.name;
  }

  // Written anew only where something else is to be said, so that a button under the pointer stays.
  function say() {
    const typed = [...mistakes.values()].filter(Boolean);
    const problems = [...typed, ...(shown?.problem ? [shown.problem] : [])];
    const text = JSON.stringify([problems, shown?.repairs, shown?.remarks]);
    line.classList.toggle("is-wrong", problems.length > 0);
    if (said.dataset.text === text) return;
    said.dataset.text = text;
    said.replaceChildren();
    for (const problem of problems) addNode(said, "p", "is-problem", problem);
    if (shown?.problem && shown.repairs.length) said.append(buildRepairs(shown.repairs, mend));
    for (const remark of shown?.remarks ?? []) addNode(said, "p", "is-remark", remark);
  }

  /** @type {Row["fill"]} */
  function fill(layer, { number, view, most }) {
    const text = JSON.stringify([number, view, most]);
    if (layer === filledWith && text === filledText) return; // forty rows written anew cost more than their answer
    [filledWith, filledText] = [layer, text];
    const kind = /** @type {KindView} */ (kinds.get(layer.kind));
    const where = `layer ${number}`;
    if (fieldsOf !== layer.kind) buildFields(kind);
    if (choice.value !== layer.kind) choice.value = layer.kind;
    choice.title = kind.summary;
    for (const setting of kind.settings) {
      const value = setting.name in layer.settings ? layer.settings[setting.name] : setting.default;
      const other = layer.settings.kernel_size ?? kind.settings.find(({ name }) => name === "kernel_size")?.default;
      fields.get(setting.name)?.fill(value, where, `${other ?? ""}`);
    }
    setText(findPart(node, ".gb-layer-number"), number);
    const [parameters, adds] = [view?.parameters ?? null, view?.multiply_adds ?? null];
    setText(findPart(node, ".gb-layer-output"), view ? (view.sizes.length ? writeSizes(view.sizes) : "\u2013") : "");
    setText(findPart(node, ".gb-layer-learned span"), parameters === null ? "" : WHOLE.format(parameters));
    setText(findPart(node, ".gb-layer-adds"), adds === null ? "" : WHOLE.format(adds));
    node.style.setProperty("--share", `${parameters && most ? parameters / most : 0}`);
    node.classList.toggle("is-free", !parameters);
    node.classList.toggle("is-costless", !adds);
    line.setAttribute("aria-label", describe(layer, number, view));
    choice.setAttribute("aria-label", `Kind of ${where}`);
    findPart(node, ".gb-layer-grip").setAttribute("aria-label", `Move ${where}, ${layer.kind}`);
    for (const button of buttons) {
      const saying = SAYING[/** @type {"up"} */ (button.dataset.act)];
      button.setAttribute("aria-label", `${saying} ${where}, ${layer.kind}`);
    }
    shown = view;
    say();
    if (layer.body && !node.querySelector("ol")) {
      const body = /** @type {HTMLElement} */ (addNode(node, "ol", "gb-layer-body"));
      body.dataset.empty = "Nothing is in this block yet: drag layers here, or mark the block and add one.";
    } else if (!layer.body) node.querySelector("ol")?.remove();
    node.querySelector("ol")?.setAttribute("aria-label", `Layers of block ${number}`);
  }

  const readMistake = () => [...mistakes.values()].find(Boolean) ?? "";
  return { node, fill, readMistake };
}

/** @type {(layer: Layer, number: string, view: RowView | null) => string} */
function describe(layer, number, view) {
  const words = [`Layer ${number}: ${layer.kind}`];
  if (view?.problem) words.push("does not fit");
  else if (view?.sizes.length) words.push(`output ${view.sizes.join(" by ")}`);
  if (view?.parameters) words.push(`${WHOLE.format(view.parameters)} learned numbers`);
  if (view?.multiply_adds) words.push(`${WHOLE.format(view.multiply_adds)} multiply-adds`);
  return words.join(", ");
}

/** @type {(repairs: RepairView[], mend: RowActions["mend"]) => HTMLElement} */
export function buildRepairs(repairs, mend) {
  const place = document.createElement("div");
  place.className = "gb-repairs";
  for (const repair of repairs) {
    const button = addNode(place, "button", "", repair.label);
    button.setAttribute("type", "button");
    button.addEventListener("click", () => mend(repair));
  }
  return place;
}
