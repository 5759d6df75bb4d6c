// The tools by which points are set by hand, and the way back from each change.
/** @import { PlanePoints } from "../payloads.js" */
/** @import { Kind, PointEditor } from "./types.js" */

import { addNode } from "../../../ui/components/nodes.js";
import { buildSwatch } from "../../../ui/components/series.js";
import { createUndo } from "../../../ui/components/undo.js";
import { copyPoints, findNearest, NUM_CLASSES } from "./own_points.js";
import { roundPlace } from "./plane_place.js";
import { tellPlace } from "./unit_sum.js";

const HOLD = 0.6; // a point so near is taken hold of
const ERASED = 0.35;
const APART = 0.4; // so far apart does a brush set points

const SLOTS = [1, 0, 2, 3]; // the charts' colours of the classes

// `read` gives the points that are shown; `onEdit` hears of others, and of null where the settings' own count again; `say`
// tells what was done.
/** @type {(bar: HTMLElement, how: { limit: number, read: () => { points: PlanePoints, kind: Kind }, onTool: (tool: string) => void, onEdit: (own: number[][] | null) => void, say: (text: string, isWrong?: boolean) => void }) => PointEditor} */
export function createPointEditor(bar, { limit, read, onTool, onEdit, say }) {
  let history = createUndo(/** @type {number[][] | null} */ (null));
  let tool = "look";
  let gesture = 0;
  let held = -1; // the place in the list of the point that is being moved
  /** @type {number[] | null} */
  let last = null; // where the brush set one

  // ---- The tools

  const tools = addNode(bar, "div", "gb-plane-tools");
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "What the pointer does on the surface");
  /** @type {Record<string, HTMLButtonElement>} */
  const buttons = {};
  addTool("look", "Look", "Point at the surface to see how its number comes about (Escape)");
  for (let label = 0; label < NUM_CLASSES; label += 1) {
    addTool(`class ${label}`, `${label}`, `Paint points of class ${label}`).prepend(buildSwatch(SLOTS[label]));
    buttons[`class ${label}`].setAttribute("aria-label", `Paint class ${label}`);
  }
  addTool("move", "Move", "Drag a point elsewhere");
  addTool("erase", "Erase", "Take points away");
  const [undoButton, redoButton] = [
    addButton("\u21b6", "Undo (Ctrl+Z)", undo),
    addButton("\u21b7", "Redo (Ctrl+Shift+Z)", redo),
  ];

  /** @type {(name: string, text: string, title: string) => HTMLButtonElement} */
  function addTool(name, text, title) {
    buttons[name] = addButton(text, title, () => choose(name));
    return buttons[name];
  }

  /** @type {(text: string, title: string, press: () => void) => HTMLButtonElement} */
  function addButton(text, title, press) {
    const button = /** @type {HTMLButtonElement} */ (addNode(tools, "button", "", text));
    button.type = "button";
    button.title = title;
    button.addEventListener("click", press);
    return button;
  }

  /** @type {(name: string) => void} */
  function choose(name) {
    end();
    tool = name;
    for (const [each, button] of Object.entries(buttons)) button.setAttribute("aria-pressed", `${each === name}`);
    onTool(name);
  }

  // ---- Changes

  /** @type {() => number[][]} */
  function list() {
    const { points, kind } = read();
    return history.read() ?? copyPoints(points, kind, limit);
  }

  /** @type {(own: number[][], told: string) => void} */
  function keep(own, told) {
    const count = read().points.x.length;
    const isCut = history.read() === null && count > limit;
    history.push(own, `${gesture}`);
    showUndo();
    onEdit(own);
    say(isCut ? `${told} Of ${count} points the first ones are kept: at most ${limit} can be set by hand.` : told);
  }

  /** @type {(at: number[]) => void} */
  function paint(at) {
    const own = list();
    if (own.length >= limit) return say(`There are ${limit} points, as many as can be set by hand: erase some.`, true);
    const label = Number(tool.at(-1));
    last = at;
    keep([...own, [...at, label]], `Class ${label} at ${tellPlace(at)}: ${own.length + 1} points.`);
  }

  /** @type {(at: number[], within: number) => void} */
  function erase(at, within) {
    const own = list();
    const left = own.filter((point) => Math.hypot(point[0] - at[0], point[1] - at[1]) > within);
    if (left.length < own.length) keep(left, `${left.length} points are left.`);
  }

  /** @type {(at: number[]) => boolean} */
  function begin(at) {
    if (tool === "look") return false;
    gesture += 1;
    if (tool === "move") held = findNearest(list(), at, HOLD);
    else if (tool === "erase") erase(at, ERASED);
    else paint(at);
    return true;
  }

  /** @type {(at: number[]) => void} */
  function drag(at) {
    if (tool === "erase") erase(at, ERASED);
    else if (held >= 0) {
      const own = list();
      const moved = own.map((point, index) => (index === held ? [...at, point[2]] : point));
      keep(moved, `Class ${own[held][2]} at ${tellPlace(at)}.`);
    } else if (last && Math.hypot(at[0] - last[0], at[1] - last[1]) >= APART) paint(at);
  }

  function end() {
    held = -1;
    last = null;
  }

  // What Enter does at a place: paint, erase, or take hold of a point and let it go again.
  /** @type {(at: number[]) => void} */
  function press(at) {
    if (held >= 0) {
      end();
      return say("Let go.");
    }
    begin(at);
    if (held >= 0) return say("Taken: the arrow keys move it, Enter lets it go.");
    end();
  }

  /** @type {(at: number[]) => void} */
  function eraseNearest(at) {
    gesture += 1;
    const own = list();
    const nearest = findNearest(own, at, HOLD);
    if (nearest < 0) return say("No point is near.");
    keep(
      own.filter((_, index) => index !== nearest),
      `Erased: ${own.length - 1} points are left.`,
    );
  }

  /** @type {(own: number[][]) => void} */
  function replace(own) {
    gesture += 1;
    keep(
      own.map(([x, y, label]) => [roundPlace(x), roundPlace(y), label]),
      `${own.length} points were pasted.`,
    );
  }

  function undo() {
    if (history.undo()) restore("Undone.");
  }

  function redo() {
    if (history.redo()) restore("Done again.");
  }

  /** @type {(told: string) => void} */
  function restore(told) {
    end();
    showUndo();
    onEdit(history.read());
    say(told);
  }

  function showUndo() {
    undoButton.disabled = !history.canUndo();
    redoButton.disabled = !history.canRedo();
  }

  // The data are another: what was set by hand is gone with its steps.
  function forget() {
    end();
    history = createUndo(/** @type {number[][] | null} */ (null));
    showUndo();
  }

  undoButton.setAttribute("aria-label", "Undo");
  redoButton.setAttribute("aria-label", "Redo");
  choose(tool);
  showUndo();
  return {
    begin,
    drag,
    end,
    press,
    eraseNearest,
    replace,
    undo,
    redo,
    forget,
    look: () => choose("look"),
    isLooking: () => tool === "look",
    isHolding: () => held >= 0,
    own: () => history.read(),
  };
}
