// The list as a text, Python or JSON: typed or pasted, copied, saved and opened.

import { findPart, setText } from "../../../ui/components/nodes.js";
import { saveFile } from "../../components/run_files.js";

// `write` is called with what is typed, `rewrite` when it is wanted in another form.
/** @type {(place: HTMLElement, given: { maxText: number, write: (text: string) => void, rewrite: () => void, tell: (sentence: string) => void }) => { readForm: () => string, show: (text: string, name: string) => void, refuse: (sentence: string) => void, isOpen: () => boolean }} */
export function createTextEditor(place, { maxText, write, rewrite, tell }) {
  const area = /** @type {HTMLTextAreaElement} */ (findPart(place, "textarea"));
  const file = /** @type {HTMLInputElement} */ (findPart(place, "input[type=file]"));
  const problem = findPart(place, ".gb-build-text-problem");
  const forms = /** @type {NodeListOf<HTMLInputElement>} */ (place.querySelectorAll("input[type=radio]"));
  let networkName = "";
  let isTyped = false; // since it was shown last

  const readForm = () => [...forms].find((form) => form.checked)?.value ?? "Python";
  const choose = (/** @type {string} */ value) => {
    for (const form of forms) form.checked = form.value === value;
  };

  /** @type {(sentence: string) => void} */
  function refuse(sentence) {
    setText(problem, sentence);
    area.setAttribute("aria-invalid", `${Boolean(sentence)}`);
  }

  // What is being typed is not written over.
  /** @type {(text: string, name: string) => void} */
  function show(text, name) {
    networkName = name;
    refuse("");
    if (document.activeElement === area) return;
    if (area.value !== text) area.value = text;
    isTyped = false;
  }

  async function copy() {
    await navigator.clipboard.writeText(area.value);
    tell("The text is copied.");
  }

  function save() {
    const ending = area.value.trimStart().startsWith("{") ? "json" : "py";
    const name = networkName.toLowerCase().replace(/[^a-z0-9]+/g, "-") || "network";
    const content = btoa(String.fromCharCode(...new TextEncoder().encode(area.value)));
    saveFile({ name: `${name}.${ending}`, type: "text/plain", content });
  }

  async function open() {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (!chosen) return;
    if (chosen.size > 4 * maxText) return refuse(`${chosen.name} has more than ${maxText} characters.`);
    area.value = await chosen.text();
    write(area.value);
  }

  forms.forEach((form) =>
    form.addEventListener("change", () => {
      choose(form.value);
      rewrite();
    }),
  );
  area.addEventListener("input", () => {
    isTyped = true;
    write(area.value);
  });
  // Once it is left, it stands there as Python writes it.
  area.addEventListener("blur", () => isTyped && !problem.textContent && write(area.value));
  findPart(place, "[data-do=copy]").addEventListener("click", copy);
  findPart(place, "[data-do=save]").addEventListener("click", save);
  findPart(place, "[data-do=open]").addEventListener("click", () => file.click());
  file.addEventListener("change", open);
  place.addEventListener("toggle", () => place.hasAttribute("open") && rewrite());
  return { readForm, show, refuse, isOpen: () => place.hasAttribute("open") };
}
