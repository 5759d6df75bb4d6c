// The exercises of a section: their list, and the name that draws their numbers.
/** @import { ExerciseView, ExercisesView } from "../payloads.js" */
/** @import { ExerciseServer, KeptAnswer } from "./types.js" */
/** @import { Mounted } from "../../ui/components/types.js" */

import { createAsker, readAnswer } from "../../ui/components/asking.js";
import { watchLifetime } from "../../ui/components/lifetime.js";
import { addNode, findPart, setText } from "../../ui/components/nodes.js";
import { saveFile } from "../../ui/components/saving.js";
import { createAnswerStore, tidyName } from "./answer_store.js";
import { addExercise } from "./exercise.js";

const PAUSE_MS = 400; // after the last letter of a name

/** @param {Mounted} given */
export function mount({ element, server }) {
  const python = /** @type {ExerciseServer} */ (/** @type {unknown} */ (server));
  const host = findPart(element, ".gb-exercises");
  const list = findPart(host, ".gb-exercises-list");
  const absent = findPart(host, ".gb-exercises-absent");
  const nameField = /** @type {HTMLInputElement} */ (findPart(host, ".gb-exercises-head input"));
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
    details.id = `exercise-${exercise.key}-section`; // in an address `descent-exercises.exercise-best-step`
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
      if (!details.open || details.childElementCount > 1) return;
      const body = addNode(details, "div", "gb-exercises-body");
      addExercise(body, exercise, name, {
        python,
        store,
        onKept() {
          showState();
          showProgress();
        },
      });
    });
    details.open = isOpen;
  }

  // ---- What is remembered

  /** @type {(key: string) => KeptAnswer | undefined} */
  function findKept(key) {
    return store.findSheet(name).answers[key];
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
    const ending = tidyName(name).replace(/[^\p{L}\p{N}]+/gu, "-");
    saveFile(`answers${ending && "-"}${ending}.json`, "application/json", store.writeSheet(name));
  });

  const grading = /** @type {HTMLDetailsElement} */ (findPart(host, ".gb-exercises-grading"));
  grading.addEventListener("toggle", async () => {
    const body = findPart(grading, ".gb-exercises-body");
    if (body.childElementCount) return;
    const { showGrading } = await import("./grading.js"); // for teachers alone
    if (!body.childElementCount) showGrading(body, python);
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
