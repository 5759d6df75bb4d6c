// The list as a text, Python or JSON: typed or pasted, copied, saved and opened.

import { findPart, setText } from "../../../ui/components/nodes.js";
import { saveFile } from "../../components/run_files.js";

// `write` is called with what is typed, `rewrite` when it is wanted in another form. A text that was sent stands there
// until it is let go, or replaced: `readMistake` tells why it was refused, "" where it was not.
/** @type {(place: HTMLElement, given: { maxText: number, write: (text: string | Promise<string>) => void, rewrite: () => void, tell: (sentence: string) => void }) => { readForm: () => string, show: (text: string, name: string) => void, refuse: (sentence: string) => void, letGo: () => void, readMistake: () => string }} */
export function createTextEditor(place, { maxText, write, rewrite, tell }) {
  const area = /** @type {HTMLTextAreaElement} */ (findPart(place, "textarea"));
  const file = /** @type {HTMLInputElement} */ (findPart(place, "input[type=file]"));
  const problem = findPart(place, ".gb-build-text-problem");
  const forms = /** @type {NodeListOf<HTMLInputElement>} */ (place.querySelectorAll("input[type=radio]"));
  let networkName = "";
  let isTyped = false; // since it was shown last
  let isSent = false; // and not let go
  let mistake = "";

  const readForm = () => [...forms].find((form) => form.checked)?.value ?? "Python";
  const choose = (/** @type {string} */ value) => {
    for (const form of forms) form.checked = form.value === value;
  };

  /** @type {(sentence: string) => void} */
  function say(sentence) {
    setText(problem, sentence);
    area.setAttribute("aria-invalid", `${Boolean(sentence)}`);
  }

  /** @type {(text: string | Promise<string>) => void} */
  function send(text) {
    isSent = true;
    write(text);
  }

  /** @type {(sentence: string) => void} */
  function refuse(sentence) {
    mistake = sentence;
    say(sentence);
  }

  function letGo() {
    isSent = false;
    mistake = "";
  }

  // What is being typed is not written over, nor what could not be read.
  /** @type {(text: string, name: string) => void} */
  function show(text, name) {
    networkName = name;
    if (isSent) return;
    say("");
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
    if (chosen.size > 4 * maxText) return say(`${chosen.name} has more than ${maxText} characters.`);
    const text = chosen.text().catch(() => "");
    send(text); // at once: what was there before is no longer what is wanted
    area.value = await text;
  }

  forms.forEach((form) =>
    form.addEventListener("change", () => {
      choose(form.value);
      rewrite();
    }),
  );
  area.addEventListener("input", () => {
    isTyped = true;
    send(area.value);
  });
  // Once it is left, it stands there as Python writes it; an empty one says nothing.
  area.addEventListener("blur", () => {
    if (!area.value.trim()) {
      letGo();
      rewrite();
    } else if (isTyped && !mistake) send(area.value);
  });
  findPart(place, "[data-do=copy]").addEventListener("click", copy);
  findPart(place, "[data-do=save]").addEventListener("click", save);
  findPart(place, "[data-do=open]").addEventListener("click", () => file.click());
  file.addEventListener("change", open);
  place.addEventListener("toggle", () => place.hasAttribute("open") && rewrite());
  return { readForm, show, refuse, letGo, readMistake: () => mistake };
}
