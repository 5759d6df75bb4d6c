// Why this digit. Python sends maps, neighbours and edits; this script lays them out.
/** @import { ChangeView, MapsView, NearestView } from "../payloads.js" */
/** @import { Answered, Cell, Field, Server, ShownChange, ShownFrame, ShownNeighbour } from "./types.js" */
/** @import { Mounted, Ramps } from "../../ui/components/types.js" */

import { contextOf, prefersReducedMotion, readColors, redrawOnChange } from "../../ui/components/canvas.js";
import { addNode, findCanvas, findPart, setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { linkSelect } from "../../ui/components/select_link.js";
import { decode, paint, readRamps } from "../../ui/components/sheets.js";
import { createTransport } from "../../ui/components/transport.js";
import { followDrawing } from "./followed_drawing.js";
import { createMaps, FIELD, paintField, traceInk } from "./why_maps.js";

const PATIENCE_MS = 200; // an answer that takes longer says what it waits for

/** @param {Mounted} given */
export function mount({ element, server }) {
  const python = /** @type {Server} */ (server);
  const host = findPart(element, ".gb-why");
  /** @type {(selector: string) => HTMLElement} */
  const find = (selector) => findPart(host, selector);
  const changePart = find(".gb-why-change");
  const nearestPart = find(".gb-why-nearest");
  const digitButtons = buildDigits(find(".gb-why-digits"), explain);
  const targetButtons = buildDigits(findPart(changePart, ".gb-why-digits"), turnInto);
  const patchList = /** @type {HTMLSelectElement} */ (find(".gb-why-head select"));
  linkSelect(patchList, "sketchpad", "patch");
  const maps = createMaps(find(".gb-why-maps"), find(".gb-why-pixel"), find(".gb-why-spoken"));

  /** @type {MapsView | null} */
  let shown = null; // the maps, as Python sent them
  /** @type {ShownChange | null} */
  let change = null; // the edits, their images decoded
  /** @type {ShownNeighbour[]} */
  let nearest = [];
  /** @type {Ramps | null} */
  let ramps = null; // the theme's colours

  // ---- Questions

  const followed = followDrawing(host, ({ checkpoint }) => {
    if (!checkpoint)
      takeMaps(/** @type {Answered<MapsView>} */ ({ absent: "The pad is empty. Draw a digit from 0 to 9." }), {});
    else askForMaps({ digit: null, patch: chosenPatch() });
  });
  const askForMaps = followed.createQuestion((request) => python.explain(request), takeMaps);
  const askForNearest = followed.createQuestion((request) => python.nearest(request), takeNearest);
  const askForChange = followed.createQuestion((request) => python.turn(request), takeChange);

  /** @type {(answer: Answered<MapsView>, asked: Record<string, any>) => void} */
  function takeMaps(answer, asked) {
    host.removeAttribute("aria-busy");
    const absent = answer.error || answer.absent || "";
    setText(find(".gb-why-absent"), absent);
    find(".gb-why-absent").classList.toggle("is-error", Boolean(answer.error));
    find(".gb-why-parts").hidden = Boolean(absent);
    host.dataset.shown = "";
    if (absent) {
      shown = null;
      return transport.pause();
    }
    shown = answer;
    maps.show(answer);
    markDigits(digitButtons, answer.digit);
    const [lowers, raises] = find(".gb-why-legend").querySelectorAll("span");
    setText(lowers, `speaks against ${answer.digit}`);
    setText(raises, `speaks for ${answer.digit}`);
    if (asked.digit === null) askForTheRest();
    draw();
    host.dataset.shown = `${followed.serial()}/${answer.digit}`;
  }

  function askForTheRest() {
    host.dataset.nearest = "";
    nearestPart.setAttribute("aria-busy", "true");
    const asked = followed.serial();
    setTimeout(() => {
      if (asked !== followed.serial() || host.dataset.nearest) return;
      setText(findPart(nearestPart, ".gb-why-sentence"), shown ? shown.reading : "");
    }, PATIENCE_MS);
    askForNearest();
    if (shown) turnInto(shown.second);
  }

  /** @param {number} digit */
  function explain(digit) {
    markDigits(digitButtons, digit);
    askForMaps({ digit, patch: chosenPatch() });
  }

  const chosenPatch = () => Number(patchList.value);
  patchList.addEventListener("change", () => shown && explain(shown.digit));

  /** @param {number} target */
  function turnInto(target) {
    host.dataset.change = "";
    markDigits(targetButtons, target);
    changePart.setAttribute("aria-busy", "true");
    askForChange({ target });
  }

  // ---- Ten buttons

  /** @type {(group: HTMLElement, choose: (digit: number) => void) => HTMLButtonElement[]} */
  function buildDigits(group, choose) {
    return Array.from({ length: 10 }, (_, digit) => {
      const button = /** @type {HTMLButtonElement} */ (addNode(group, "button", "", String(digit)));
      button.type = "button";
      button.addEventListener("click", () => shown && choose(digit));
      return button;
    });
  }

  /** @type {(buttons: HTMLButtonElement[], chosen: number) => void} */
  function markDigits(buttons, chosen) {
    buttons.forEach((button, digit) => {
      button.setAttribute("aria-pressed", String(digit === chosen));
      if (shown) button.title = `${digit} has ${shown.texts[digit]} now (${shown.titles[digit]})`;
    });
  }

  // ---- What would make it another digit

  const [beforeFrame, afterFrame, changeFrame] = changePart.querySelectorAll("figure");
  const transport = createTransport(findPart(changePart, ".gb-transport"), (steps) => showFrame(steps), {
    firstSpeed: 0.5,
    tell: (steps) => change?.frames[steps]?.label ?? "",
  });

  /** @type {(answer: Answered<ChangeView>, asked: Record<string, any>) => void} */
  function takeChange(answer, asked) {
    changePart.removeAttribute("aria-busy");
    transport.pause();
    setText(findPart(changePart, ".gb-why-sentence"), answer.error || answer.absent || answer.sentence);
    const frames = answer.frames || [];
    findPart(changePart, ".gb-why-steps").hidden = frames.length < 2;
    change = null;
    if (frames.length > 1) {
      change = {
        ...answer,
        frames: frames.map((frame) => ({ ...frame, pixels: decode(frame.image), changes: decode(frame.change) })),
      };
      fillBars([String(change.answer), String(change.target), "others"]);
      transport.setLength(frames.length - 1, false);
      if (!prefersReducedMotion()) transport.play();
    }
    host.dataset.change = `${followed.serial()}/${asked.target}`;
  }

  /** @param {string[]} names */
  function fillBars(names) {
    findPart(changePart, ".gb-why-bars").replaceChildren(
      ...names.map((name) => {
        const bar = document.createElement("li");
        addNode(bar, "b", "", name);
        addNode(bar, "i");
        addNode(bar, "span");
        return bar;
      }),
    );
  }

  /** @param {number} steps */
  function showFrame(steps) {
    const frame = change?.frames[steps];
    if (!change || !frame) return;
    const bars = [change.answer, change.target];
    setText(findPart(beforeFrame, "figcaption"), `Before: read as ${change.answer}`);
    setText(findPart(afterFrame, "figcaption"), `After ${steps} edit${steps === 1 ? "" : "s"}: read as ${frame.read}`);
    /** @type {NodeListOf<HTMLElement>} */
    const rows = changePart.querySelectorAll(".gb-why-bars li");
    rows.forEach((bar, index) => {
      findPart(bar, "i").style.setProperty("--share", String(frame.shares[index]));
      setText(findPart(bar, "span"), frame.texts[index]);
      bar.title = String(frame.shares[index]);
      bar.classList.toggle("is-read", index === 2 ? !bars.includes(frame.read) : frame.read === bars[index]);
    });
    findPart(changePart, ".gb-why-frames").dataset.step = String(steps);
    if (ramps && changePart.clientWidth >= 40) paintFrames(change.frames[0], frame, ramps);
  }

  /** @type {(first: ShownFrame, frame: ShownFrame, ramps: Ramps) => void} */
  function paintFrames(first, frame, ramps) {
    paintField(findCanvas(beforeFrame), first.pixels, ramps.ink);
    const after = paintField(findCanvas(afterFrame), frame.pixels, ramps.ink);
    const changed = paintField(findCanvas(changeFrame), frame.changes, ramps.signed);
    if (!after || !changed) return;
    traceInk(changed, first.pixels, ramps.colors.ink);
    if (frame.edit) for (const field of [after, changed]) ringEdit(field, frame.edit, ramps.colors);
  }

  // The latest edit; what it did is in the images.
  /** @type {(field: Field, edit: Cell, colors: Ramps["colors"]) => void} */
  function ringEdit({ context, cell }, { row, column }, colors) {
    for (const [color, width] of /** @type {const} */ ([
      ["surface", 4],
      ["accent", 2],
    ])) {
      context.strokeStyle = colors[color];
      context.lineWidth = width;
      context.beginPath();
      context.arc((column + 0.5) * cell, (row + 0.5) * cell, 2 * cell, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  changePart.addEventListener("keydown", (event) => {
    if (change && /** @type {Element} */ (event.target).closest(".gb-why-steps")) transport.onKey(event);
  });

  // ---- The nearest training digits

  /** @param {Answered<NearestView>} answer */
  function takeNearest(answer) {
    nearestPart.removeAttribute("aria-busy");
    nearest = (answer.digits || []).map((one) => ({ ...one, bytes: decode(one.pixels) }));
    setText(findPart(nearestPart, ".gb-why-sentence"), answer.error || answer.absent || answer.sentence);
    setText(findPart(nearestPart, ".gb-why-note"), answer.compared || "");
    findPart(nearestPart, ".gb-why-images").replaceChildren(
      ...nearest.map((one) => {
        const figure = document.createElement("figure");
        figure.title = one.title;
        const canvas = addNode(figure, "canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", one.title);
        addNode(figure, "b", "", String(one.label)).classList.toggle("is-other", one.label !== shown?.answer);
        addNode(figure, "small", "", `No. ${formatNumber(one.index)}`);
        addNode(figure, "span", "", one.distance);
        return figure;
      }),
    );
    drawNearest();
    host.dataset.nearest = String(followed.serial());
  }

  function drawNearest() {
    if (!ramps) return;
    const { ink } = ramps;
    nearestPart.querySelectorAll("canvas").forEach((canvas, index) => {
      canvas.width = canvas.height = FIELD;
      contextOf(canvas).drawImage(paint(nearest[index].bytes, FIELD, ink), 0, 0);
    });
  }

  // ---- Drawing

  function draw() {
    if (host.clientWidth < 40) return; // in a closed section
    followed.askIfSeen();
    ramps = readRamps(host);
    const { negative, zero, positive } = readColors(host, {
      negative: "--gb-negative",
      zero: "--gb-zero",
      positive: "--gb-positive",
    });
    /** @type {NodeListOf<HTMLElement>} */
    const legend = host.querySelectorAll(".gb-why-legend i");
    for (const bar of legend) bar.style.background = `linear-gradient(to right, ${negative}, ${zero}, ${positive})`;
    maps.draw(ramps);
    if (change) showFrame(Number(findPart(changePart, ".gb-why-frames").dataset.step || 0));
    drawNearest();
  }

  redrawOnChange(host, draw);
  followed.take();
}
