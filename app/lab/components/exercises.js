// The exercises of a section. Python draws their numbers, checks answers and explains; this script shows and remembers.
/** @import { ExerciseView, ExercisesView, SolutionView, VerdictView } from "../payloads.js" */
/** @import { KeptAnswer } from "./types.js" */
/** @import { Mounted } from "../../ui/components/types.js" */

import { createAsker, readAnswer } from "../../ui/components/asking.js";
import { watchLifetime } from "../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { createFields } from "./answer_fields.js";
import { createAnswerStore, tidyName } from "./answer_store.js";

const PAUSE_MS = 400; // after the last letter of a name

/** @typedef {{ [name in "show" | "check" | "solve"]: (request: object) => Promise<string | undefined> }} Server */

/** @param {Mounted} given */
export function mount({ element, server }) {
  const python = /** @type {Server} */ (/** @type {unknown} */ (server));
  const host = findPart(element, ".gb-exercises");
  const list = findPart(host, ".gb-exercises-list");
  const absent = findPart(host, ".gb-exercises-absent");
  const nameField = /** @type {HTMLInputElement} */ (findPart(host, ".gb-exercises-head input"));
  const isLocked = new URLSearchParams(location.search).get("solutions") === "off";
  const store = createAnswerStore();
  const life = watchLifetime(host);

  /** @type {ExerciseView[]} */
  let exercises = [];
  let name = store.findLastName(); // the one that the shown numbers were drawn from
  nameField.value = name;

  // ---- The list

  const askForList = createAsker((/** @type {{ name: string }} */ request) => python.show(request), takeList);

  /** @param {string | undefined} text */
  function takeList(text) {
    const answered = /** @type {ExercisesView & { error?: string }} */ (readAnswer(text));
    absent.hidden = !answered.error;
    setText(absent, answered.error ?? "");
    absent.classList.toggle("is-error", Boolean(answered.error));
    if (answered.error || answered.name !== nameField.value) return;
    name = nameField.value.trim();
    exercises = answered.exercises;
    const opened = new Set(
      [...list.querySelectorAll("details[open]")].map((each) => /** @type {HTMLElement} */ (each).dataset.key),
    );
    list.replaceChildren();
    for (const exercise of exercises) showExercise(exercise, opened.has(exercise.key));
    showProgress();
    host.dataset.shown = answered.name.trim();
  }

  /** @type {(exercise: ExerciseView, isOpen: boolean) => void} */
  function showExercise(exercise, isOpen) {
    const details = /** @type {HTMLDetailsElement} */ (addNode(addNode(list, "li"), "details"));
    details.dataset.key = exercise.key;
    const summary = addNode(details, "summary");
    addNode(summary, "span").innerHTML = exercise.title; // rendered by Python, as all texts here
    const state = addNode(summary, "span", "gb-exercises-state");
    const showState = () => {
      const kept = findKept(exercise.key);
      const told = kept?.isRight ? (kept.gaveUp ? "right, after the solution" : "right") : kept?.tries ? "not yet" : "";
      setText(state, told);
      details.classList.toggle("is-right", Boolean(kept?.isRight));
    };
    showState();
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) fillExercise(details, exercise, showState);
    });
    details.open = isOpen;
  }

  /** @type {(details: HTMLDetailsElement, exercise: ExerciseView, showState: () => void) => void} */
  function fillExercise(details, exercise, showState) {
    const body = addNode(details, "div", "gb-exercises-body");
    addNode(body, "div", "gb-exercises-text").innerHTML = exercise.text;
    const form = /** @type {HTMLFormElement} */ (addNode(body, "form"));
    form.noValidate = true;
    const fields = createFields(form, exercise);
    const buttons = addNode(form, "div", "gb-exercises-buttons");
    const check = /** @type {HTMLButtonElement} */ (addNode(buttons, "button", "is-main", "Check"));
    const reply = addNode(body, "div", "gb-exercises-reply");
    reply.role = "status";
    const solution = addNode(body, "div", "gb-exercises-solution");
    solution.hidden = true;

    const kept = findKept(exercise.key);
    if (kept) fields.fill(kept.given);

    /** @type {(html: string, kind: "right" | "wrong" | "error") => void} */
    const tell = (html, kind) => {
      reply.innerHTML = html;
      reply.dataset.kind = kind;
    };
    /** @type {(text: string) => void} */
    const tellMistake = (text) => {
      setText(reply, text);
      reply.dataset.kind = "error";
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      let given;
      try {
        given = fields.read();
      } catch (mistake) {
        tellMistake(/** @type {Error} */ (mistake).message);
        return;
      }
      if (check.ariaDisabled === "true") return; // one answer at a time; disabled, it would lose the focus
      const asked = name;
      check.ariaDisabled = "true";
      const verdict = /** @type {VerdictView & { error?: string }} */ (
        readAnswer(await python.check({ key: exercise.key, name: asked, given }))
      );
      check.ariaDisabled = null;
      if (asked !== name) return; // the numbers are others by now
      if (verdict.error) return tellMistake(verdict.error);
      const before = findKept(exercise.key);
      keep(exercise.key, {
        given,
        tries: (before?.tries ?? 0) + 1,
        isRight: verdict.is_right,
        gaveUp: Boolean(before?.gaveUp),
      });
      fields.mark(verdict.is_right ? [] : verdict.wrong.length ? verdict.wrong : [0]);
      tell(verdict.reply, verdict.is_right ? "right" : "wrong");
      showState();
      nameSolve();
    });

    if (isLocked) {
      addNode(buttons, "span", "gb-exercises-locked", "The solutions are locked by this link.");
      return;
    }
    const solve = /** @type {HTMLButtonElement} */ (addNode(buttons, "button"));
    solve.type = "button";
    function nameSolve() {
      if (!isLocked)
        setText(solve, findKept(exercise.key)?.tries ? "Show the solution" : "Give up and show the solution");
    }
    nameSolve();
    solve.addEventListener("click", async () => {
      const asked = name;
      const answered = /** @type {SolutionView & { error?: string }} */ (
        readAnswer(await python.solve({ key: exercise.key, name: asked }))
      );
      if (asked !== name) return;
      if (answered.error) return tellMistake(answered.error);
      const before = findKept(exercise.key);
      if (!before?.isRight)
        keep(exercise.key, { given: before?.given ?? "", tries: before?.tries ?? 0, isRight: false, gaveUp: true });
      solution.innerHTML = answered.text;
      if (answered.code) addNode(addNode(solution, "pre"), "code", "", answered.code);
      solution.hidden = false;
      solution.tabIndex = -1;
      solution.focus(); // its button goes
      solve.hidden = true;
      showState();
    });
  }

  // ---- What is remembered

  /** @type {(key: string) => KeptAnswer | undefined} */
  function findKept(key) {
    return store.findSheet(name).answers[key];
  }

  /** @type {(key: string, answer: KeptAnswer) => void} */
  function keep(key, answer) {
    store.keep(name, key, answer);
    showProgress();
  }

  function showProgress() {
    const right = exercises.filter(({ key }) => findKept(key)?.isRight).length;
    setText(findPart(host, ".gb-exercises-progress"), `${right} of ${exercises.length} right.`);
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  nameField.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      store.keepName(nameField.value.trim());
      askForList({ name: nameField.value });
    }, PAUSE_MS);
  });
  life.signal.addEventListener("abort", () => clearTimeout(pause));

  findPart(host, ".gb-exercises-sheet").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([store.writeSheet(name)], { type: "application/json" }));
    link.download = `answers${tidyName(name) ? `-${tidyName(name).replace(/[^\p{L}\p{N}]+/gu, "-")}` : ""}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
  });

  // Answers of another tab of the page, or of another window.
  life.listen(window, "storage", () => {
    if (store.findLastName() === name) showProgress();
  });

  const seen = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting || life.isOver()) return;
    const latest = store.findLastName();
    if (host.dataset.asked && latest === name) return;
    host.dataset.asked = "yes";
    nameField.value = latest;
    askForList({ name: latest });
  });
  seen.observe(host);
  life.signal.addEventListener("abort", () => seen.disconnect());
}
