// Presenting: the stage and its controls alone, and larger, for those who sit at the back. The key F, or the button.

const PRESENTS = "gb-presents";

/** @type {(button: HTMLElement) => void} */
export function watchPresentation(button) {
  function toggle() {
    const isOn = document.body.classList.toggle(PRESENTS);
    button.setAttribute("aria-pressed", `${isOn}`);
    scrollTo({ top: 0 });
  }

  /** @type {(event: KeyboardEvent) => void} */
  function onKey(event) {
    const isOurs = event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const target = /** @type {HTMLElement} */ (event.target);
    const isTyped = target.closest?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select");
    const isElsewhere = isTyped || target.isContentEditable || document.querySelector("dialog[open]");
    if (!isOurs || event.repeat || event.defaultPrevented || isElsewhere) return;
    toggle();
  }

  button.addEventListener("click", toggle);
  document.addEventListener("keydown", onKey);
}
