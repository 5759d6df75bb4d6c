// On paper every section is open, the theme is the light one, and every chart is drawn: those listen for the same event,
// but later (`capture`). Afterwards all is as it was.

const MOST_MS = 10_000; // waited for sections to be built and answered
const REST_MS = 500; // so long nothing more has come, and what has come is drawn

export function preparePaper() {
  /** @type {(selector: string) => HTMLElement[]} */
  const seen = (selector) =>
    /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]).filter(
      (each) => each.checkVisibility() && !each.closest('[data-solutions="off"] .gb-answers'),
    );
  /** @type {(head: Element) => boolean} */
  const isBuilt = (head) => Boolean(head.nextElementSibling?.querySelector(":scope > * > *"));
  /** @type {(() => void)[]} */
  let undo = [];

  /** @type {(onlyBuilt: boolean) => void} */
  const openSections = (onlyBuilt) => {
    for (const head of seen("button.label-wrap:not(.open)")) {
      if (onlyBuilt && !isBuilt(head)) continue;
      head.click();
      undo.push(() => head.click());
    }
    for (const section of /** @type {HTMLDetailsElement[]} */ (seen("details:not([open])"))) {
      section.open = true;
      undo.push(() => {
        section.open = false;
      });
    }
  };

  // Gradio builds a section when it is first opened. Who asks for the print by keys has it wait for that; from the
  // browser's menu it comes at once, and what was never opened stays closed.
  /** @type {(deadline: number, restsSince?: number | null) => void} */
  const printWhole = (deadline, restsSince = null) => {
    openSections(false);
    const now = performance.now();
    const isWhole = seen("button.label-wrap").every(isBuilt) && !seen('[aria-busy="true"]').length;
    const since = isWhole ? (restsSince ?? now) : null;
    if (now > deadline || (since !== null && now - since > REST_MS)) window.print();
    else setTimeout(printWhole, 50, deadline, since);
  };

  addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.repeat)
      return;
    event.preventDefault();
    printWhole(performance.now() + MOST_MS);
  });

  addEventListener(
    "beforeprint",
    () => {
      openSections(true);
      if (!document.body.classList.contains("dark")) return;
      document.body.classList.remove("dark");
      undo.push(() => document.body.classList.add("dark"));
    },
    { capture: true },
  );

  addEventListener("afterprint", () => {
    for (const act of undo) act();
    undo = [];
  });
}
