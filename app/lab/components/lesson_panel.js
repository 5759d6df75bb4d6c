// Lessons beside the stage: a list of all, and one step at a time. It looks at the page, and never stands in its way.
/** @import { ExercisesView, LessonView, LessonsView, StepView } from "../payloads.js" */
/** @import { LessonServer } from "./types.js" */

import { PARTED } from "../../ui/components/address.js";
import { readAnswer } from "../../ui/components/asking.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { openSection } from "../../ui/components/sections.js";
import { createAnswerStore } from "./answer_store.js";
import { addExercise } from "./exercise.js";
import { createCondition, findTitled } from "./lesson_conditions.js";
import { createLessonProgress } from "./lesson_progress.js";

const LOOK_MS = 300; // how often the page is looked at while a step waits to be done
const PAUSE_MS = 400; // after the last letter of a name
const MAX_WAIT_MS = 5000; // for a section of a tab that was not open yet
const KEPT = ["__theme", "solutions"]; // what a step's link takes over from the address

/** @typedef {ReturnType<typeof createPanel>} Panel */

/** @type {(host: HTMLElement, python: LessonServer) => { toggle: () => void, openAddressed: () => void }} */
export function createPanel(host, python) {
  const opener = /** @type {HTMLElement} */ (host.querySelector(".gb-lessons-open"));
  const progress = createLessonProgress();
  const answers = createAnswerStore();

  const panel = addNode(host, "aside", "gb-lessons-panel");
  panel.ariaLabel = "Lessons";
  const head = addNode(panel, "div", "gb-lessons-head");
  const heading = addNode(head, "h2");
  heading.tabIndex = -1;
  const fold = addButton(head, "", "gb-lessons-fold");
  const close = addButton(head, "×", "gb-lessons-close");
  close.ariaLabel = "Close the lessons";
  const body = addNode(panel, "div", "gb-lessons-body");
  const foot = addNode(panel, "div", "gb-lessons-foot");

  /** @type {LessonsView["lessons"] | undefined} */
  let entries;
  /** @type {LessonView | null} */
  let lesson = null;
  let place = 0;
  let opening = ""; // the tab that a lesson is just opening
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let looking;
  let watching = new AbortController(); // ends what a step's condition listens to
  let look = () => {}; // whether the step that is shown is done by now
  let asked = 0; // the latest question to Python: an answer to an earlier one comes too late

  // ---- Open, folded, closed

  /** @type {(isFolded: boolean) => void} */
  function setFolded(isFolded) {
    panel.classList.toggle("is-folded", isFolded);
    fold.ariaExpanded = String(!isFolded);
    setText(fold, isFolded ? "Unfold" : "Fold");
    document.body.dataset.lesson = isFolded ? "folded" : "open";
  }

  function open() {
    panel.hidden = false;
    opener.ariaExpanded = "true";
    setFolded(false);
  }

  function shut() {
    panel.hidden = true;
    opener.ariaExpanded = "false";
    delete document.body.dataset.lesson;
    leaveLesson();
  }

  function leaveLesson() {
    stopLooking();
    asked += 1; // a lesson that is still on its way comes too late
    lesson = null;
    writeAddress();
  }

  function stopLooking() {
    clearInterval(looking);
    watching.abort();
  }

  function writeAddress() {
    const address = new URL(location.href);
    address.searchParams.delete("lesson");
    address.searchParams.delete("step");
    if (lesson) {
      address.searchParams.set("lesson", lesson.key);
      address.searchParams.set("step", String(place + 1));
    }
    history.replaceState(history.state, "", address);
  }

  // Asks Python, and shows the answer if nothing else was asked for meanwhile.
  /** @type {(question: Promise<string | undefined>, show: (answer: any) => void) => Promise<void>} */
  async function ask(question, show) {
    const mine = ++asked;
    const answer = readAnswer(await question);
    if (mine !== asked) return;
    if (!answer.error) return show(answer);
    body.replaceChildren();
    addNode(body, "p", "gb-lessons-mistake", answer.error).role = "status";
  }

  // ---- The list

  /** @param {boolean} takesFocus */
  async function showList(takesFocus = true) {
    leaveLesson();
    if (!entries) await ask(python.list({}), (answer) => void (entries = answer.lessons));
    if (lesson || !entries) return;
    setText(heading, "Lessons");
    body.replaceChildren();
    foot.replaceChildren();
    addNode(
      body,
      "p",
      "gb-lessons-about",
      "The lab from its first line to AlexNet, beside the page that you work on. Nothing is locked: begin anywhere, stop at any step. Where you are stays in this browser.",
    );
    const list = addNode(body, "ol", "gb-lessons-list");
    for (const entry of entries) {
      const { step, done } = progress.find(entry.key);
      const item = addNode(list, "li");
      const link = /** @type {HTMLAnchorElement} */ (addNode(item, "a", "", entry.title));
      link.href = writeLink({ lesson: entry.key });
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own
        event.preventDefault();
        openLesson(entry.key, Math.min(step, entry.num_steps - 1));
      });
      const count = done.filter((each) => each < entry.num_steps).length;
      addNode(item, "span", "gb-lessons-count", `${count} of ${entry.num_steps}`);
      addNode(item, "p", "", entry.about);
    }
    const label = addNode(body, "label", "gb-lessons-name", "Your name or number ");
    const field = /** @type {HTMLInputElement} */ (addNode(label, "input"));
    Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false, maxLength: 80 });
    field.value = answers.findLastName();
    addNode(body, "p", "gb-lessons-about", "It decides the numbers of the questions that the lessons ask.");
    /** @type {ReturnType<typeof setTimeout>} */
    let pause;
    field.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => answers.keepName(field.value.trim()), PAUSE_MS);
    });
    if (takesFocus) heading.focus();
  }

  // ---- A lesson

  // Opens a lesson at a step, and its tab unless the address names one.
  /** @type {(key: string, step: number, how?: { isAddressed?: boolean, hasTab?: boolean }) => Promise<void>} */
  function openLesson(key, step, { isAddressed = false, hasTab = false } = {}) {
    return ask(python.read({ key }), (/** @type {LessonView} */ answer) => {
      lesson = answer;
      const shown = answer.steps[step] ? step : 0;
      if (!hasTab) {
        opening = answer.steps[shown].tab;
        openTab(opening);
      }
      showStep(shown, !isAddressed);
      opening = "";
    });
  }

  /** @type {(step: number, takesFocus?: boolean) => void} */
  function showStep(step, takesFocus = true) {
    if (!lesson) return;
    place = step;
    progress.keepStep(lesson.key, step);
    writeAddress();
    setText(heading, lesson.title);
    body.replaceChildren();
    body.scrollTop = 0;
    const shown = lesson.steps[step];
    const title = addNode(body, "h3", "", shown.title);
    title.tabIndex = -1;
    addNode(body, "div", "gb-lessons-text").innerHTML = shown.text; // rendered by Python
    addWays(shown);
    if (shown.exercise) addQuestion(shown.exercise);
    const state = addNode(body, "p", "gb-lessons-state");
    state.role = "status";
    addFoot();
    watchStep(shown, state);
    if (takesFocus) title.focus();
  }

  // The ways from a step to what it is about.
  /** @type {(step: StepView) => void} */
  function addWays({ settings, tab, section }) {
    const ways = addNode(body, "p", "gb-lessons-ways");
    if (settings) {
      const link = /** @type {HTMLAnchorElement} */ (addNode(ways, "a", "gb-lessons-set", "Set this on the page"));
      link.href = writeLink({
        ...describeTab(tab),
        ...Object.fromEntries(new URLSearchParams(settings)),
        ...describePlace(),
      });
    }
    if (section) addButton(ways, `Open “${section}”`).addEventListener("click", () => showSection(tab, section));
    else if (!settings && !isOpening(tab) && !isShown(tab))
      addButton(ways, `Go to ${findTab(tab)?.textContent?.trim() ?? tab}`).addEventListener("click", () =>
        openTab(tab),
      );
    if (!ways.hasChildNodes()) ways.remove();
  }

  // Whether a tab is on its way: by the lesson just opened, or by an address while the page is being built.
  /** @type {(tab: string) => boolean} */
  const isOpening = (tab) => tab === opening || isAddressed(tab);

  /** @type {(tab: string) => boolean} */
  const isAddressed = (tab) => {
    const query = new URLSearchParams(location.search);
    return Object.entries(describeTab(tab)).every(([name, value]) => query.getAll(name).pop() === value);
  };

  const describePlace = () => ({ lesson: lesson?.key ?? "", step: String(place + 1) });

  /** @type {(exercise: string) => Promise<void>} */
  async function addQuestion(exercise) {
    const question = addNode(body, "div", "gb-style-button gb-exercises gb-lessons-question");
    const name = answers.findLastName();
    const answer = /** @type {ExercisesView & { error?: string }} */ (
      readAnswer(await python.show({ key: exercise, name }))
    );
    if (answer.error) return void addNode(question, "p", "gb-lessons-mistake", answer.error);
    addNode(question, "h4").innerHTML = answer.exercises[0].title;
    addExercise(addNode(question, "div", "gb-exercises-body"), answer.exercises[0], name, {
      python,
      store: answers,
      onKept: () => look(),
    });
    question.dataset.exercise = exercise;
  }

  // Looks at the page until the step is done. A step that only wants to be read is done by being shown.
  /** @type {(step: StepView, state: HTMLElement) => void} */
  function watchStep({ condition }, state) {
    stopLooking();
    watching = new AbortController();
    const key = lesson?.key ?? "";
    const step = place;
    const isDone = createCondition(condition, isAnswered, watching.signal);
    const tell = () => {
      progress.keepDone(key, step);
      if (isDone) setText(state, "✓ Done.");
      foot.querySelector(`[data-step="${step}"]`)?.classList.add("is-done");
    };
    look = () => {};
    if (!isDone || progress.find(key).done.includes(step)) return tell();
    look = () => {
      if (!panel.isConnected) return stopLooking();
      if (!isDone()) return;
      stopLooking();
      tell();
    };
    look();
    if (!progress.find(key).done.includes(step)) looking = setInterval(look, LOOK_MS);
  }

  /** @type {(exercise: string) => boolean} */
  function isAnswered(exercise) {
    const kept = answers.findSheet(answers.findLastName()).answers[exercise];
    return Boolean(kept?.isRight || kept?.gaveUp);
  }

  function addFoot() {
    if (!lesson) return;
    const { key, steps } = lesson;
    const { done } = progress.find(key);
    foot.replaceChildren();
    const list = addNode(foot, "ol", "gb-lessons-steps");
    steps.forEach((step, index) => {
      const button = addButton(addNode(list, "li"), String(index + 1));
      button.dataset.step = String(index);
      button.ariaLabel = `Step ${index + 1} of ${steps.length}: ${step.title}`;
      button.classList.toggle("is-done", done.includes(index));
      if (index === place) button.setAttribute("aria-current", "step");
      button.addEventListener("click", () => showStep(index));
    });
    const moves = addNode(foot, "div", "gb-lessons-moves");
    addButton(moves, "All lessons").addEventListener("click", () => showList());
    const back = addButton(moves, "Back");
    back.ariaDisabled = String(place === 0);
    back.addEventListener("click", () => place > 0 && showStep(place - 1));
    const isLast = place === steps.length - 1;
    const next = addButton(moves, isLast ? "Next lesson" : "Next", "is-main");
    next.addEventListener("click", () => (isLast ? openNext(key) : showStep(place + 1)));
  }

  /** @type {(key: string) => Promise<void>} */
  async function openNext(key) {
    if (!entries) await ask(python.list({}), (answer) => void (entries = answer.lessons));
    if (lesson?.key !== key) return; // left meanwhile
    const next = entries?.[entries.findIndex((entry) => entry.key === key) + 1];
    if (next) openLesson(next.key, 0);
    else showList();
  }

  fold.addEventListener("click", () => setFolded(!panel.classList.contains("is-folded")));
  close.addEventListener("click", () => {
    shut();
    opener.focus();
  });
  panel.hidden = true;

  return {
    toggle() {
      if (!panel.hidden) return shut();
      open();
      showList();
    },
    openAddressed() {
      const query = new URLSearchParams(location.search);
      const key = query.getAll("lesson").pop();
      if (!key) return panel.hidden ? undefined : shut();
      const step = Number(query.getAll("step").pop() ?? progress.find(key).step + 1);
      if (lesson?.key === key && place === step - 1) return;
      open();
      openLesson(key, step - 1, { isAddressed: true, hasTab: query.has("tab") });
    },
  };
}

/** @type {(parent: Node, text: string, className?: string) => HTMLButtonElement} */
function addButton(parent, text, className = "") {
  const button = /** @type {HTMLButtonElement} */ (addNode(parent, "button", className, text));
  button.type = "button";
  return button;
}

// An address of this page; what the visitor's own address says of theme and solutions stays.
/** @type {(query: Record<string, string>) => string} */
function writeLink(query) {
  const here = new URLSearchParams(location.search);
  const kept = KEPT.flatMap((name) => (here.has(name) ? [[name, here.get(name) ?? ""]] : []));
  return `?${new URLSearchParams([...kept, ...Object.entries(query)])}`;
}

// A tab's part of an address.
/** @type {(path: string) => Record<string, string>} */
function describeTab(path) {
  const [tab, part] = path.split("/");
  return { tab, ...(part ? { [PARTED[tab].name]: part } : {}) };
}

// The tab, or the lab or bench within it, that a lesson names, as `runs` or `inspection/window`.
/** @type {(path: string) => HTMLElement | null} */
function findTab(path) {
  const [tab, part] = path.split("/");
  const row = part ? PARTED[tab].row : "gb-tabs";
  return document.querySelector(`#${row} [role="tab"][data-tab-id="${part ?? tab}"]`);
}

/** @type {(path: string) => boolean} */
const isShown = (path) => [path.split("/")[0], path].every((each) => findTab(each)?.ariaSelected === "true");

// Opens a tab, once the page hears of it.
/** @type {(tab: string) => void} */
function openTab(tab) {
  if (isShown(tab)) return;
  if (!("ready" in document.body.dataset)) return void requestAnimationFrame(() => openTab(tab));
  document.dispatchEvent(new CustomEvent("glassbox-open", { detail: tab }));
}

// Opens a section and brings it into sight; on a tab that was never open, it comes a moment later.
/** @type {(tab: string, title: string) => void} */
function showSection(tab, title) {
  openTab(tab);
  const begun = performance.now();
  const look = () => {
    const section = findTitled(title);
    if (!section?.checkVisibility()) {
      if (performance.now() - begun < MAX_WAIT_MS) requestAnimationFrame(look);
      return;
    }
    openSection(section);
  };
  look();
}
