// The pad's tools: their buttons, and the field for the pen's width.
/** @import { Drawing, Hand, Overlay, Toolbar } from "./types.js" */

import { findPart, setText } from "../../ui/components/nodes.js";
import { OVERLAYS } from "./overlays.js";

const ICONS = { play: "M8 5l11 7-11 7z", stop: "M7 7h10v10H7z" };

// `acts` holds what each button does, by the tool's name; `onWidth` gets the width that is chosen, in pixels.
/** @type {(pad: HTMLElement, acts: Record<string, () => void>, onWidth: (px: number) => void) => Toolbar} */
export function createToolbar(pad, acts, onWidth) {
  addOverlays(pad);
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = pad.querySelectorAll("[data-tool]");
  const tools = Object.fromEntries([...buttons].map((button) => [button.dataset.tool, button]));
  const width = /** @type {HTMLInputElement} */ (findPart(pad, ".gb-pad-width input"));
  const widthText = findPart(pad, ".gb-pad-width output");
  for (const [name, act] of Object.entries(acts)) tools[name].addEventListener("click", act);
  width.addEventListener("input", () => onWidth(Number(width.value)));

  // Show what can be done now to this drawing, and which tool and overlays are taken.
  /** @type {(drawing: Drawing, hand: Hand, overlays: Overlay[]) => void} */
  function show(drawing, hand, overlays) {
    const isReplay = drawing.isReplaying() && !drawing.isExample();
    tools.undo.disabled = !drawing.canUndo();
    tools.redo.disabled = !drawing.canRedo();
    tools.clear.disabled = !drawing.hasInk();
    tools.replay.disabled = !drawing.isReplaying() && !drawing.strokes().length;
    // Runs at every point of a stroke, and a path that is written anew has the page laid out.
    const word = findPart(tools.replay, "span");
    if (word.textContent !== (isReplay ? "Stop" : "Replay")) {
      word.textContent = isReplay ? "Stop" : "Replay";
      findPart(tools.replay, "path").setAttribute("d", isReplay ? ICONS.stop : ICONS.play);
    }
    tools.pen.setAttribute("aria-pressed", String(!hand.isErasing()));
    tools.eraser.setAttribute("aria-pressed", String(hand.isErasing()));
    for (const overlay of OVERLAYS)
      tools[overlay.tool].setAttribute("aria-pressed", String(overlays.includes(overlay)));
  }

  /** @param {number} px */
  function showWidth(px) {
    width.value = String(px);
    setText(widthText, `${px} px`);
  }

  return { show, showWidth };
}

// A button like the others for each overlay.
/** @param {HTMLElement} pad */
function addOverlays(pad) {
  const [pen, image] = ["pen", "image"].map((name) => findPart(pad, `[data-tool=${name}]`));
  for (const { tool, title, label, icon } of OVERLAYS) {
    const button = /** @type {HTMLElement} */ (pen.cloneNode(true));
    button.dataset.tool = tool;
    button.title = title;
    findPart(button, "path").setAttribute("d", icon);
    findPart(button, "span").textContent = label;
    image.before(button);
  }
}
