// The buttons by which a second network stands beside the first. They only say what is wanted: whoever made the settings
// answers with them.
import { addNode } from "../../../ui/components/nodes.js";

/** @type {(bar: HTMLElement, onAct: (act: string, lr: string) => void) => { showSecond: (slot: Element | undefined) => void }} */
export function createComparing(bar, onAct) {
  const group = addNode(bar, "div", "gb-plane-comparing");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "A second network beside this one");
  addButton("keep", "Keep beside", "Keep this network beside as B; the controls go on with A");
  const swap = addButton("swap", "Take it back", "The controls take B's settings");
  const remove = addButton("remove", "Remove", "Take B away");
  addButton(
    "branch",
    "Go on from here at \u03b7 =",
    "Keep this training beside, and go on from this epoch at another learning rate",
  );
  const rate = /** @type {HTMLInputElement} */ (addNode(group, "input"));
  rate.type = "text";
  rate.inputMode = "decimal";
  rate.value = "0.01";
  rate.setAttribute("aria-label", "Learning rate from here on");
  rate.addEventListener("keydown", (event) => {
    event.stopPropagation(); // its keys write
    if (event.key === "Enter") onAct("branch", rate.value);
  });

  /** @type {(act: string, text: string, title: string) => HTMLElement} */
  function addButton(act, text, title) {
    const button = /** @type {HTMLButtonElement} */ (addNode(group, "button", "", text));
    button.type = "button";
    button.title = title;
    button.dataset.act = act;
    button.addEventListener("click", () => onAct(act, rate.value));
    return button;
  }

  return {
    // The second network's own buttons stand beside its name.
    showSecond: (slot) => {
      if (slot) slot.querySelector(".gb-plane-head")?.append(swap, remove);
      else {
        swap.remove();
        remove.remove();
      }
    },
  };
}
