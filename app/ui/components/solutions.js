// A teacher's link, `&solutions=off`, locks what answers an exercise: a section that does stays folded, and its head says why.

export const areLocked = () => new URLSearchParams(location.search).get("solutions") === "off";

/** @type {(section: Element) => boolean} */
export const isLocked = (section) => section.matches('[data-solutions="off"] .gb-answers');

// The lock is that of the address with which the page was opened.
export function lockAnswers() {
  if (!areLocked()) return;
  document.documentElement.dataset.solutions = "off"; // what the style sheet says the reason by
  document.addEventListener(
    "click",
    (event) => {
      const section = /** @type {Element} */ (event.target).closest(".label-wrap, summary")?.parentElement;
      if (!section || !isLocked(section)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}
