// The search for a learning rate: its buttons ask Python, part by part, about the network that the controls describe.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PlaneRates } from "../payloads.js" */
/** @import { FoundRate, PlanePage } from "./types.js" */

import { createChannel } from "../../../ui/components/answers.js";
import { readAnswer } from "../../../ui/components/asking.js";
import { createChart } from "../../../ui/components/chart.js";
import { watchLifetime } from "../../../ui/components/lifetime.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { formatNumber } from "../../../ui/components/numbers.js";
import { fillBold } from "../../../ui/components/sentences.js";

const NOTHING = { chart: null, found: "", rate: null, about: "", checked: "" };

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, keptProps }) {
  const channel = createChannel("glassboxPlane");
  const page = /** @type {PlanePage} */ (/** @type {object} */ (channel.page));
  const root = findPart(element, ".gb-plane-rates");
  const lifetime = watchLifetime(root);
  const [error, state, old, found, checked] = ["error", "state", "old", "found", "checked"].map((name) =>
    findPart(root, `.gb-plane-rates-${name}`),
  );
  const [find, use, check] = ["find", "use", "check"].map(
    (act) => /** @type {HTMLButtonElement} */ (findPart(root, `[data-act=${act}]`)),
  );
  const chart = createChart(findPart(root, ".gb-chart"));
  let known = /** @type {FoundRate} */ (keptProps.kept ?? NOTHING); // Gradio forgets it where it is hidden
  let pursued = 0; // the last search or trial that was begun: another one's answers are void

  // What a search depends on, as a text.
  const tellSettings = () =>
    JSON.stringify([page.values?.filter((_, place) => !keptProps.noMatter.includes(place)), page.moved]);

  /** @type {(changes: Partial<FoundRate>) => void} */
  function keep(changes) {
    known = { ...known, ...changes };
    keptProps.kept = known;
    show();
  }

  function show() {
    chart.setValue(known.chart ?? keptProps.noCurve, "Loss at a rising learning rate");
    fillBold(found, known.found);
    fillBold(checked, known.checked);
    use.disabled = check.disabled = known.rate === null;
    showAge();
  }

  function showAge() {
    const isOld = known.about !== "" && known.about !== tellSettings();
    setText(old, isOld ? "The settings have changed since: this is of the earlier ones." : "");
  }

  // Ask until all is done, and take each answer.
  /** @type {(ask: (question: object) => Promise<unknown>, more: object, take: (answer: PlaneRates) => void) => Promise<void>} */
  async function pursue(ask, more, take) {
    pursued += 1;
    const mine = pursued;
    const question = channel.withMoved({ values: page.values ?? [], ...more });
    root.setAttribute("aria-busy", "true");
    setText(error, "");
    setText(state, "Trying \u2026");
    for (let isDone = false; !isDone; ) {
      const answer = /** @type {PlaneRates} */ (readAnswer(await ask(question)));
      if (mine !== pursued || lifetime.isOver()) return;
      isDone = Boolean(answer.error || answer.is_done);
      setText(error, answer.error ?? "");
      setText(state, isDone ? "" : (answer.said ?? ""));
      take(answer);
    }
    root.removeAttribute("aria-busy");
  }

  find.addEventListener("click", () => {
    keep({ ...NOTHING, about: tellSettings() });
    pursue(server.find, {}, ({ error: wrong, is_done, chart, said = "", rate = null }) => {
      if (wrong) keep(NOTHING);
      else keep(is_done ? { chart, found: said, rate } : { chart });
    });
  });

  check.addEventListener("click", () => {
    keep({ checked: "" });
    pursue(server.check, { rate: known.rate }, ({ is_done, said = "" }) => {
      if (is_done) keep({ checked: said });
    });
  });

  use.addEventListener("click", () => {
    pursued += 1; // a check that is under way would write over what is said here
    root.removeAttribute("aria-busy");
    setText(state, "");
    props.value = { rate: known.rate };
    trigger("submit");
    keep({ checked: `\u03b7 = ${formatNumber(known.rate)} stands in its field now, and the network trains with it.` });
  });

  channel.listen(root, showAge);
  show();
}
