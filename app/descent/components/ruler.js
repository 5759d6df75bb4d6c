// The learning-rate ruler. Limits and notes come from Python; this script places them and says where a handle went.

/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { RulerHandle, RulerPayload } from "../payloads.js" */
/** @typedef {RulerHandle & { node: HTMLElement }} Handle */
/** @typedef {{ pointer: number, x: number, offset: number, taken: Handle | undefined, moved: boolean }} Hold */

import { createChannel } from "../../ui/components/answers.js";
import { redrawOnChange } from "../../ui/components/canvas.js";
import { addNode, findPart } from "../../ui/components/nodes.js";
import { formatNumber, isNumber, keepWithin, superscript } from "../../ui/components/numbers.js";
import { SERIES_SHAPES } from "../../ui/components/series.js";
import { areLocked } from "../../ui/components/solutions.js";

const SNAP_PX = 6; // how near a dragged handle comes to a mark before it takes the mark's exact number
const REACH_PX = 24; // how near to a handle's centre a press takes hold of it
const SLACK_PX = 3; // a press that trembles less than this is not a drag
const LANE_PX = 12; // how far below one another handles stand, so that equal rates stay apart
const ANSWER_MS = 5000; // a move that is left unanswered for so long has failed: the next is sent
const LOCKED = "Best and limit are locked by this link: find them by trying.";
/** @type {Record<string, number>} */
const KEY_STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const [STEPS_PER_DECADE, SHIFT_STEPS] = [50, 5];

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, keptProps }) {
  const channel = createChannel();
  const ruler = findPart(element, ".gb-ruler");
  const [axis, band, chip, needle, legend] = "axis band chip needle legend"
    .split(" ")
    .map((name) => findPart(ruler, `.gb-ruler-${name}`));
  const [zones, poles, marks] = ["zone", "pole", "marks button"].map(
    (name) => /** @type {HTMLElement[]} */ ([...ruler.querySelectorAll(`.gb-ruler-${name}`)]),
  );
  const nodes = SERIES_SHAPES.map(buildHandle); // one a slot, hidden while no handle has it

  let range = [1e-4, 10];
  /** @type {Handle[]} */
  let handles = []; // what Python sent, each with its node
  /** @type {Handle} */
  let active; // the handle whose limits are shown
  /** @type {Hold | null} */
  let hold = null; // while a pointer has the active handle
  /** @type {{ slot: number, lr: number } | null} */
  let unsent = null; // the newest move that was not sent to Python
  let drawnWidth = 0; // of the axis, in pixels
  let answerDue = 0; // the timer that runs until the last move is answered

  const decades = () => Math.log10(range[1] / range[0]);
  const shareOf = (/** @type {number | null} */ lr) => keepWithin(Math.log10(Number(lr) / range[0]) / decades(), 0, 1);
  const isInRange = (/** @type {number} */ lr) => lr >= range[0] && lr <= range[1];
  const roundRate = (/** @type {number} */ lr) => keepWithin(Number(lr.toPrecision(4)), range[0], range[1]);

  function drawTicks() {
    const decadePx = axis.clientWidth / decades();
    const every = Math.ceil(52 / decadePx);
    const labelled = decadePx > 170 ? [1, 2, 5] : [1];
    const ticks = [];
    for (let power = Math.floor(Math.log10(range[0])); power <= Math.log10(range[1]); power += 1) {
      for (let digit = 1; digit < (decadePx < 50 ? 2 : 10); digit += 1) {
        const lr = Number(`${digit}e${power}`);
        if (!isInRange(lr)) continue;
        const tick = document.createElement("span");
        tick.className = digit === 1 ? "is-decade" : "";
        tick.style.left = `${100 * shareOf(lr)}%`;
        if (labelled.includes(digit) && power % every === 0) {
          tick.textContent = digit === 1 && power < -4 ? `10${superscript(power)}` : formatNumber(lr);
        }
        ticks.push(tick);
      }
    }
    findPart(ruler, ".gb-ruler-ticks").replaceChildren(...ticks);
  }

  // A zone bears the most words that fit in it; one too narrow for any is named in the legend. All are written before any
  // is measured: the browser lays the page out anew for each measure that follows a change.
  function drawZones() {
    const { lr_best: best, lr_max: limit } = active;
    const words = isNumber(best)
      ? [["stops short"], ["overshoots, still comes down", "overshoots"], ["diverges"]]
      : [[], ["comes down"], ["diverges"]];
    const shares = [0, isNumber(best) ? shareOf(best) : 0, shareOf(limit), 1];
    const [width, edge] = [axis.clientWidth, axis.offsetLeft];
    // A tenth of the best rate goes about a tenth of the way: the colour of the best fades over that decade.
    band.style.setProperty("--decade", `${width / decades()}px`);
    zones.forEach((zone, index) => {
      const [from, to] = [shares[index], shares[index + 1]];
      zone.hidden = !isNumber(limit) || to <= from;
      zone.style.left = `${from > 0 ? edge + from * width : 0}px`;
      zone.style.right = `${to < 1 ? edge + (1 - to) * width : 0}px`;
      zone.replaceChildren();
      for (const text of words[index]) addNode(zone, "span", "", text);
    });
    const fitting = zones.map((zone) =>
      /** @type {HTMLElement[]} */ ([...zone.children]).find((word) => word.offsetWidth <= zone.clientWidth),
    );
    zones.forEach((zone, index) => zone.replaceChildren(...(fitting[index] ? [fitting[index]] : [])));
    const named = zones.filter((zone, index) => !zone.hidden && !fitting[index]);
    legend.replaceChildren();
    for (const zone of named) addNode(legend, "span", zone.classList[1], words[zones.indexOf(zone)][0]);
    const isFull = named.length > 0 && legend.scrollWidth > legend.clientWidth;
    for (const entry of legend.querySelectorAll(".is-over")) entry.textContent = words[1].at(isFull ? -1 : 0) ?? "";
  }

  // Each mark's name hangs beside its pole like a flag, the best to the left and the limit to the right,
  // so that they stay apart where the poles do not; at the ruler's ends both are pushed inwards.
  function drawMarks() {
    [
      ["best", active.lr_best],
      ["limit", active.lr_max],
    ].forEach(([name, lr], index) => {
      marks[index].hidden = !isNumber(lr);
      poles[index].hidden = !isNumber(lr) || !isInRange(lr);
      if (!isNumber(lr)) return;
      const [before, after] = [lr < range[0] ? "\u25c2 " : "", lr > range[1] ? " \u25b8" : ""];
      marks[index].textContent = `${before}${name} ${formatNumber(lr)}${after}`;
      marks[index].setAttribute("aria-label", `Set ${active.name} to the ${name} step size, ${formatNumber(lr)}`);
      poles[index].style.left = `${100 * shareOf(lr)}%`;
    });
    const [width, edge] = [axis.clientWidth, axis.offsetLeft];
    const [bestWidth, limitWidth] = marks.map((mark) => mark.offsetWidth);
    const bestLeft = keepWithin(
      shareOf(active.lr_best) * width - bestWidth,
      -edge,
      width + edge - bestWidth - limitWidth,
    );
    const limitLeft = Math.max(shareOf(active.lr_max) * width, marks[0].hidden ? -edge : bestLeft + bestWidth);
    marks[0].style.left = `${bestLeft}px`;
    marks[1].style.left = `${Math.min(limitLeft, width + edge - limitWidth)}px`;
  }

  function drawNote() {
    const [name, where, note] = /** @type {HTMLElement[]} */ ([...findPart(ruler, ".gb-ruler-note").children]);
    name.dataset.slot = `${active.slot}`;
    name.replaceChildren(findPart(active.node, "svg").cloneNode(true), active.name);
    const subject = isNumber(active.lr_best) ? "Best and limit hold" : "The limit holds";
    where.textContent = active.where ? `${subject} ${active.where}.` : "";
    note.textContent = active.note || "";
  }

  /** @type {(handle: RulerHandle) => string} */
  function describe({ name, lr, lr_best: best, lr_max: limit }) {
    const isByLimit = limit !== null && (lr >= limit || best === null);
    const [mark, word] = isByLimit ? [limit, "limit"] : [best, "best"];
    const at = Number(mark);
    const side = lr < at ? "below" : lr > at ? "above" : "at";
    return (
      `${name}, step size ${formatNumber(lr)}` + (isNumber(mark) ? `, ${side} the ${word} ${formatNumber(mark)}` : "")
    );
  }

  /** @type {(shape: string, slot: number) => HTMLElement} */
  function buildHandle(shape, slot) {
    band.insertAdjacentHTML(
      "beforeend",
      `<div class="gb-ruler-handle" role="slider" tabindex="0" data-slot="${slot}">
      <svg viewBox="-9 -9 18 18" aria-hidden="true"><path d="${shape}"/></svg><span></span></div>`,
    );
    return /** @type {HTMLElement} */ (band.lastElementChild);
  }

  // Runs at every move: only what moves with a handle is touched.
  function drawHandles() {
    handles.forEach((handle, index) => {
      const { node, lr } = handle;
      node.style.left = `${100 * shareOf(lr)}%`;
      node.style.setProperty("--lane", `${(index - (handles.length - 1) / 2) * LANE_PX}px`);
      node.classList.toggle("is-active", handle === active);
      const word = findPart(node, "span");
      word.className = lr < range[0] ? "is-below" : "is-above";
      word.textContent = isInRange(lr) ? "" : formatNumber(lr);
      node.title = `${handle.name}: \u03b7 ${formatNumber(lr)}`;
      const aria = {
        label: `Step size of ${handle.name}`,
        valuemin: range[0],
        valuemax: range[1],
        valuenow: keepWithin(lr, range[0], range[1]),
        valuetext: describe(handle),
      };
      for (const [key, text] of Object.entries(aria)) node.setAttribute(`aria-${key}`, `${text}`);
    });
    chip.dataset.slot = needle.dataset.slot = `${active.slot}`;
    chip.textContent = `\u03b7 ${formatNumber(active.lr)}`;
    needle.style.left = `${100 * shareOf(active.lr)}%`;
    const [width, edge, chipWidth] = [axis.clientWidth, axis.offsetLeft, chip.offsetWidth];
    chip.style.left = `${keepWithin(shareOf(active.lr) * width - chipWidth / 2, -edge, width + edge - chipWidth)}px`;
  }

  function redraw() {
    if (!active || !axis.clientWidth) return;
    drawnWidth = axis.clientWidth;
    for (const draw of [drawTicks, drawZones, drawMarks, drawNote, drawHandles]) draw();
  }

  // ---- Moving

  /** @type {(handle: Handle | undefined) => void} */
  function activate(handle) {
    if (!handle || handle === active) return;
    active = handle;
    redraw();
  }

  /** @type {(lr: number) => void} */
  function setRate(lr) {
    if (lr === active.lr) return;
    active.lr = lr;
    unsent = { slot: active.slot, lr };
    channel.page.moved[`lr_${active.slot + 1}`] = lr;
    drawHandles();
    sendMove();
  }

  function sendMove() {
    if (!unsent || answerDue) return;
    answerDue = setTimeout(onAnswer, ANSWER_MS);
    requestAnimationFrame(() => {
      if (!unsent) return;
      props.value = channel.withMoved({});
      unsent = null;
      trigger("input");
    });
  }

  function onAnswer() {
    clearTimeout(answerDue);
    answerDue = 0;
    sendMove();
  }

  /** @type {(event: MouseEvent) => Handle | undefined} */
  function handleNear(event) {
    const distance = (/** @type {Handle} */ { node }) => {
      const box = node.getBoundingClientRect();
      return Math.hypot(event.clientX - (box.left + box.right) / 2, event.clientY - (box.top + box.bottom) / 2);
    };
    return handles
      .filter((handle) => distance(handle) <= REACH_PX)
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  /** @type {(event: MouseEvent, hold: Hold) => void} */
  function follow(event, hold) {
    const { left, width } = axis.getBoundingClientRect();
    const x = event.clientX - hold.offset - left;
    const away = (/** @type {number | null} */ lr) =>
      isNumber(lr) && isInRange(lr) ? Math.abs(x - shareOf(lr) * width) : Infinity;
    const nearest = away(active.lr_best) <= away(active.lr_max) ? active.lr_best : active.lr_max;
    hold.moved = true;
    setRate(
      nearest !== null && away(nearest) <= SNAP_PX
        ? nearest
        : roundRate(range[0] * 10 ** (decades() * keepWithin(x / width, 0, 1))),
    );
  }

  band.addEventListener("pointerdown", (event) => {
    if (hold || event.button || !active) return;
    event.preventDefault();
    const taken = handleNear(event);
    activate(taken);
    active.node.focus({ preventScroll: true });
    band.setPointerCapture(event.pointerId);
    const { left, width } = axis.getBoundingClientRect();
    const offset = taken ? event.clientX - left - shareOf(taken.lr) * width : 0;
    hold = { pointer: event.pointerId, x: event.clientX, offset, taken, moved: false };
    // A finger on the bare axis may be about to scroll the page: it moves the handle when it slides or is lifted.
    if (!taken && event.pointerType !== "touch") follow(event, hold);
  });
  band.addEventListener("pointermove", (event) => {
    if (hold && hold.pointer === event.pointerId && (hold.moved || Math.abs(event.clientX - hold.x) > SLACK_PX))
      follow(event, hold);
  });
  for (const ending of ["pointerup", "pointercancel"])
    band.addEventListener(ending, (/** @type {any} */ event) => {
      if (!hold || hold.pointer !== event.pointerId) return;
      if (event.type === "pointerup" && !hold.taken && !hold.moved) follow(event, hold);
      hold = null;
    });
  band.addEventListener("focusin", (event) => activate(handles.find(({ node }) => node === event.target)));
  band.addEventListener("keydown", (event) => {
    const steps = (KEY_STEPS[event.key] || 0) * (event.shiftKey && event.key.startsWith("Arrow") ? SHIFT_STEPS : 1);
    const end = event.key === "Home" ? range[0] : event.key === "End" ? range[1] : 0;
    if (event.ctrlKey || event.altKey || event.metaKey || !(steps || end)) return;
    event.preventDefault();
    // Keys move on a grid through the powers of ten, so that 0.1 is met exactly and roundings do not add up.
    setRate(
      end || roundRate(10 ** ((Math.round(Math.log10(active.lr) * STEPS_PER_DECADE) + steps) / STEPS_PER_DECADE)),
    );
  });
  // A mark is there only where there is such a rate.
  marks[0].addEventListener("click", () => setRate(Number(active.lr_best)));
  marks[1].addEventListener("click", () => setRate(Number(active.lr_max)));

  // ---- Python

  // The component's own value is what this script sends: what it shows comes with the player's answers.
  /** @type {(full: RulerPayload) => void} */
  function takeValue(full) {
    // A handle that is still being moved stays under the finger, whatever an earlier move is answered with.
    const mine = unsent || (hold?.moved && { slot: active.slot, lr: active.lr });
    range = full.range;
    // A teacher's link: what the ruler knows of the answer stays out, its zones and the snapping to it too.
    const kept = areLocked() ? { lr_best: null, lr_max: null, where: "", note: LOCKED } : {};
    handles = full.handles.map((handle) => ({ ...handle, ...kept, node: nodes[handle.slot] }));
    active = handles.find(({ slot }) => slot === active?.slot) || handles[0];
    for (const handle of handles) if (mine && handle.slot === mine.slot) handle.lr = mine.lr;
    for (const node of nodes) node.hidden = !handles.some((handle) => handle.node === node);
    ruler.classList.remove("is-blank");
    redraw();
  }

  redrawOnChange(axis, () => {
    if (axis.clientWidth !== drawnWidth) redraw(); // its colours are the style's
  });
  takeValue(keptProps.opening);
  channel.listen(ruler, (answer) => {
    if (answer.ruler) takeValue(answer.ruler);
    onAnswer();
  });
}
