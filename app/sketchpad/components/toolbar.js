// The pad's tools: their buttons, and the field for the pen's width.

import { setText } from "../../ui/components/nodes.js";
import { OVERLAYS } from "./overlays.js";

const ICONS = { play: "M8 5l11 7-11 7z", stop: "M7 7h10v10H7z" };

// `acts` holds what each button does, by the tool's name; `onWidth` gets the width that is chosen, in pixels.
export function createToolbar(pad, acts, onWidth) {
  addOverlays(pad);
  const tools = Object.fromEntries([...pad.querySelectorAll("[data-tool]")].map((button) => [button.dataset.tool, button]));
  const width = pad.querySelector(".gb-pad-width input");
  const widthText = pad.querySelector(".gb-pad-width output");
  for (const [name, act] of Object.entries(acts)) tools[name].addEventListener("click", act);
  width.addEventListener("input", () => onWidth(Number(width.value)));

  // Show what can be done now to this drawing, and which tool and overlays are taken.
  function show(drawing, hand, overlays) {
    const isReplay = drawing.isReplaying() && !drawing.isExample();
    tools.undo.disabled = !drawing.canUndo();
    tools.redo.disabled = !drawing.canRedo();
    tools.clear.disabled = !drawing.hasInk();
    tools.replay.disabled = !drawing.isReplaying() && !drawing.strokes().length;
    setText(tools.replay.querySelector("span"), isReplay ? "Stop" : "Replay");
    tools.replay.querySelector("path").setAttribute("d", isReplay ? ICONS.stop : ICONS.play);
    tools.pen.setAttribute("aria-pressed", String(!hand.isErasing()));
    tools.eraser.setAttribute("aria-pressed", String(hand.isErasing()));
    for (const overlay of OVERLAYS) tools[overlay.tool].setAttribute("aria-pressed", String(overlays.includes(overlay)));
  }

  function showWidth(px) {
    width.value = px;
    setText(widthText, `${px} px`);
  }

  return { show, showWidth };
}

// A button like the others for each overlay.
function addOverlays(pad) {
  const [pen, image] = ["pen", "image"].map((name) => pad.querySelector(`[data-tool=${name}]`));
  for (const { tool, title, label, icon } of OVERLAYS) {
    const button = pen.cloneNode(true);
    button.dataset.tool = tool;
    button.title = title;
    button.querySelector("path").setAttribute("d", icon);
    button.querySelector("span").textContent = label;
    image.before(button);
  }
}
