// One exercise on the page. Python draws its numbers, checks answers and explains; this script shows and remembers.
/** @import { ExerciseView, SolutionView, VerdictView } from "../payloads.js" */
/** @import { ExerciseServer, KeptAnswer } from "./types.js" */

import { readAnswer } from "../../ui/components/asking.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { areLocked } from "../../ui/components/solutions.js";
import { createFields } from "./answer_fields.js";

// Puts question, fields and buttons into a place. `onKept` hears that an answer was kept.
/** @type {(body: HTMLElement, exercise: ExerciseView, name: string, how: { python: Pick<ExerciseServer, "check" | "solve">, store: ReturnType<typeof import("./answer_store.js").createAnswerStore>, onKept: () => void }) => void} */
export function addExercise(body, exercise, name, { python, store, onKept }) {
  const isLocked = areLocked();
  const findKept = () => store.findSheet(name).answers[exercise.key];
  /** @type {(answer: KeptAnswer) => void} */
  const keep = (answer) => {
    store.keep(name, exercise.key, answer);
    onKept();
  };
  const text = addNode(body, "div", "gb-exercises-text");
  text.innerHTML = exercise.text;
  Object.assign(body.dataset, { card: "", seed: name });
  text.dataset.cardText = "";
  const form = /** @type {HTMLFormElement} */ (addNode(body, "form"));
  form.noValidate = true;
  const fields = createFields(form, exercise);
  const buttons = addNode(form, "div", "gb-exercises-buttons");
  const check = /** @type {HTMLButtonElement} */ (addNode(buttons, "button", "is-main", "Check"));
  const reply = addNode(body, "div", "gb-exercises-reply");
  reply.role = "status";
  const solution = addNode(body, "div", "gb-exercises-solution");
  solution.hidden = true;

  const heading = document.createElement("span");
  heading.innerHTML = exercise.title;
  const card = addNode(body, "button", "gb-card-button", "Add to my report");
  Object.assign(card, { type: "button" });
  Object.assign(card.dataset, { kind: "answer", title: heading.textContent });

  const kept = findKept();
  if (kept) fields.fill(kept.given);
  noteAnswer();

  // What a report says of the answer.
  function noteAnswer() {
    const last = findKept();
    const chosen = form.querySelector("input:checked")?.closest("label")?.textContent;
    const given = exercise.kind === "choice" ? chosen : [last?.given].flat().join("  ");
    const told = last?.isRight ? "right" : "not right yet";
    body.dataset.cardNote = last?.tries
      ? `Answer: ${given?.trim()} (${told}; tries: ${last.tries})`
      : "Not answered yet.";
  }

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
    check.ariaDisabled = "true";
    const verdict = /** @type {VerdictView & { error?: string }} */ (
      readAnswer(await python.check({ key: exercise.key, name, given }))
    );
    check.ariaDisabled = null;
    if (verdict.error) return tellMistake(verdict.error);
    const before = findKept();
    keep({
      given,
      tries: (before?.tries ?? 0) + 1,
      isRight: verdict.is_right,
      gaveUp: Boolean(before?.gaveUp),
    });
    fields.mark(verdict.is_right ? [] : verdict.wrong.length ? verdict.wrong : [0]);
    tell(verdict.reply, verdict.is_right ? "right" : "wrong");
    noteAnswer();
    nameSolve();
  });

  if (isLocked) {
    addNode(buttons, "span", "gb-exercises-locked", "The solutions are locked by this link.");
    return;
  }
  const solve = /** @type {HTMLButtonElement} */ (addNode(buttons, "button"));
  solve.type = "button";
  function nameSolve() {
    if (!isLocked) setText(solve, findKept()?.tries ? "Show the solution" : "Give up and show the solution");
  }
  nameSolve();
  solve.addEventListener("click", async () => {
    const answered = /** @type {SolutionView & { error?: string }} */ (
      readAnswer(await python.solve({ key: exercise.key, name }))
    );
    if (answered.error) return tellMistake(answered.error);
    const before = findKept();
    if (!before?.isRight) keep({ given: before?.given ?? "", tries: before?.tries ?? 0, isRight: false, gaveUp: true });
    solution.innerHTML = answered.text;
    if (answered.code) addNode(addNode(solution, "pre"), "code", "", answered.code);
    solution.hidden = false;
    solution.tabIndex = -1;
    solution.focus(); // its button goes
    solve.hidden = true;
  });
}
