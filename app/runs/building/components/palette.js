// The kinds of layer, a button each, by groups: one stop of the Tab key, within which arrow keys go on.
/** @import { KindView } from "./types.js" */

import { addNode, setText } from "../../../ui/components/nodes.js";

/** @type {Record<string, (at: number, count: number) => number>} */
const KEYS = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at + count - 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

// `add` is called with the kind that is wanted. Returns what says where it goes, and whether there is room.
/** @type {(place: HTMLElement, kinds: KindView[], add: (kind: KindView) => void) => (where: string, isFull: boolean) => void} */
export function createPalette(place, kinds, add) {
  const title = addNode(place, "p", "gb-palette-where");
  for (const [group, members] of Map.groupBy(kinds, (kind) => kind.group)) {
    const part = addNode(place, "div", "gb-palette-group");
    addNode(part, "span", "", group);
    for (const kind of members) {
      const button = addNode(part, "button", "", kind.name);
      button.setAttribute("type", "button");
      button.setAttribute("aria-label", `Add ${kind.name}`);
      button.title = `${kind.name} ${kind.summary}`;
      button.addEventListener("click", () => {
        makeStop(button);
        if (button.ariaDisabled !== "true") add(kind);
      });
    }
  }
  const buttons = [...place.querySelectorAll("button")];
  makeStop(buttons[0]);

  /** @type {(stop: Element) => void} */
  function makeStop(stop) {
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  }

  place.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const go = KEYS[event.key];
    if (at < 0 || !go || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = buttons[go(at, buttons.length)];
    makeStop(next);
    next.focus();
  });

  return (where, isFull) => {
    setText(title, where);
    for (const button of buttons) button.ariaDisabled = `${isFull}`;
  };
}
