// The button that opens the report, and what listens for “Add to my report” anywhere on the page. All else is loaded then.
/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { Python } from "./types.js" */

import { watchLifetime } from "../../ui/components/lifetime.js";
import { findPart, setText } from "../../ui/components/nodes.js";

const AGAIN_MS = 2500; // until a button adds once more
const TOLD_MS = 8000;

/** @type {(given: Mounted) => void} */
export function mount({ element, server }) {
  const python = /** @type {Python} */ (/** @type {unknown} */ (server));
  const host = findPart(element, ".gb-report");
  const told = findPart(host, ".gb-report-told");
  const life = watchLifetime(host);
  /** @type {ReturnType<typeof import("./report_store.js").createReportStore> | undefined} */
  let store;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence;

  async function openStore() {
    if (store) return store;
    const { createReportStore } = await import("./report_store.js");
    return (store ??= createReportStore());
  }

  findPart(host, ".gb-report-open").addEventListener("click", async () => {
    setText(told, "");
    try {
      const [opened, { showReport }] = await Promise.all([openStore(), import("./report_page.js")]);
      await showReport(host, opened, python);
    } catch (mistake) {
      setText(told, `Your report did not open. ${/** @type {Error} */ (mistake).message}`);
    }
  });

  life.listen(document, "click", async (event) => {
    const button = /** @type {HTMLElement | null} */ (event.target?.closest?.(".gb-card-button"));
    if (!button || button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    const name = button.textContent ?? "";
    try {
      const [opened, { collectCard }, { addCard }] = await Promise.all([
        openStore(),
        import("./collecting.js"),
        import("./cards.js"),
      ]);
      const card = await collectCard(button);
      const report = await opened.change((before) => addCard(before, card));
      setText(told, `“${card.title}” is in your report, as number ${report.cards.length}. ${opened.warning}`.trim());
      setText(button, "Added to my report");
    } catch (mistake) {
      setText(told, /** @type {Error} */ (mistake).message);
      setText(button, "Not added");
    }
    setTimeout(() => {
      setText(button, name);
      button.ariaDisabled = null;
    }, AGAIN_MS);
    clearTimeout(silence);
    silence = setTimeout(() => setText(told, ""), TOLD_MS);
  });
}
