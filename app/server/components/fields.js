// What Gradio's lists and radios lack for keys. This hears everything before Gradio does.

const MOVES = ["ArrowDown", "ArrowUp", "Home", "End", "Enter", "Escape"];
const OPENS = ["ArrowDown", "ArrowUp", "Enter", " "];

export function completeFieldKeys() {
  // ---- Lists. Gradio lets the focus fall when an option is taken, and opens a list again that Tab has left.

  /** @type {(node: any) => boolean} */
  const isList = (node) => node instanceof HTMLInputElement && node.getAttribute("role") === "combobox";
  /** @type {(list: Element) => boolean} */
  const isOpen = (list) => list.getAttribute("aria-expanded") === "true";
  const returned = new WeakSet(); // lists with the focus of which Gradio does not know, so that they stay closed
  let isReturning = false;
  /** @type {Element | null} */
  let chosen = null; // the list in which an option is being taken

  /** @type {(list: HTMLElement) => void} */
  function returnTo(list) {
    if (document.activeElement !== document.body) return;
    isReturning = true;
    list.focus({ preventScroll: true });
    isReturning = false;
    if (document.activeElement === list) returned.add(list);
  }

  /** @type {(list: HTMLInputElement, event: KeyboardEvent) => void} */
  function onListKey(list, event) {
    const { key } = event;
    chosen = key === "Enter" ? list : null;
    const isMine = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (list.readOnly && !isOpen(list) && isMine && OPENS.includes(key)) {
      event.preventDefault();
      event.stopPropagation();
      list.blur();
      list.focus();
    } else if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(key) || (list.readOnly && !MOVES.includes(key))) {
      event.stopPropagation(); // to Gradio every other key is a letter by which options are searched
    }
  }

  /** @type {(event: any) => void} */
  function onPress({ target }) {
    const options = target.closest?.('[role="option"]')?.closest('[role="listbox"]');
    chosen = options ? document.querySelector(`[aria-controls="${options.id}"]`) : null;
    const list = /** @type {HTMLElement} */ (document.activeElement);
    if (list === target && isList(list) && !isOpen(list)) list.blur(); // the press focuses it again, which opens it
  }

  /** @type {(event: Event) => void} */
  function onFocus(event) {
    if (isReturning) event.stopImmediatePropagation();
  }

  /** @type {(event: any) => void} */
  function onBlur(event) {
    const list = event.target;
    if (!isList(list)) return;
    if (returned.delete(list) && !isOpen(list)) event.stopImmediatePropagation();
    if (list === chosen) queueMicrotask(() => returnTo(list));
    chosen = null;
  }

  // ---- Radios. Gradio gives each a name of its own; with one name they are one stop, and arrows move between them.

  function joinRadios() {
    for (const group of document.querySelectorAll("fieldset")) {
      /** @type {NodeListOf<HTMLInputElement>} */
      const radios = group.querySelectorAll('input[type="radio"]');
      const [first, ...others] = radios;
      for (const radio of others) if (radio.name !== first.name) radio.name = first.name;
    }
  }

  /** @type {(event: KeyboardEvent) => void} */
  function onKey(event) {
    if (event.key === "Tab" || event.key.startsWith("Arrow")) joinRadios();
    if (isList(event.target)) onListKey(/** @type {HTMLInputElement} */ (event.target), event);
  }

  /** @type {Record<string, (event: any) => void>} */
  const hears = { keydown: onKey, mousedown: onPress, focus: onFocus, blur: onBlur, focusin: joinRadios };
  for (const [name, hear] of Object.entries(hears)) document.addEventListener(name, hear, { capture: true });
}
