// Why this digit. Python sends maps, neighbours and edits; this script lays them out.

import { prefersReducedMotion, readColors, redrawOnChange } from "../../ui/components/canvas.js";
import { addNode, setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { decode, paint, readRamps } from "../../ui/components/sheets.js";
import { createTransport } from "../../ui/components/transport.js";
import { followDrawing } from "./followed_drawing.js";
import { FIELD, createMaps, paintField, traceInk } from "./why_maps.js";

const PATIENCE_MS = 200;         // an answer that takes longer says what it waits for

export function mount({ element, server }) {
  const host = element.querySelector(".gb-why");
  const find = (selector) => host.querySelector(selector);
  const changePart = find(".gb-why-change");
  const nearestPart = find(".gb-why-nearest");
  const digitButtons = buildDigits(find(".gb-why-digits"), explain);
  const targetButtons = buildDigits(changePart.querySelector(".gb-why-digits"), turnInto);
  const patchList = find(".gb-why-head select");
  const maps = createMaps(find(".gb-why-maps"), find(".gb-why-pixel"), find(".gb-why-spoken"));

  let shown = null;                // the maps, as Python sent them
  let change = null;               // the edits, their images decoded
  let nearest = null;
  let ramps = null;                // the theme's colours

  // ---- Questions

  const followed = followDrawing(host, ({ checkpoint }) => {
    if (!checkpoint) takeMaps({ absent: "The pad is empty. Draw a digit from 0 to 9." }, {});
    else askForMaps({ digit: null, patch: chosenPatch() });
  });
  const askForMaps = followed.createQuestion((request) => server.explain(request), takeMaps);
  const askForNearest = followed.createQuestion((request) => server.nearest(request), takeNearest);
  const askForChange = followed.createQuestion((request) => server.turn(request), takeChange);

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
    if (!patchList.length) for (const side of answer.patches) patchList.add(new Option(`${side} \u00d7 ${side}`, side, false, side === answer.patch));
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
      setText(nearestPart.querySelector(".gb-why-sentence"), shown ? shown.reading : "");
    }, PATIENCE_MS);
    askForNearest();
    turnInto(shown.second);
  }

  function explain(digit) {
    markDigits(digitButtons, digit);
    askForMaps({ digit, patch: chosenPatch() });
  }

  const chosenPatch = () => (patchList.length ? Number(patchList.value) : null);
  patchList.addEventListener("change", () => shown && explain(shown.digit));

  function turnInto(target) {
    host.dataset.change = "";
    markDigits(targetButtons, target);
    changePart.setAttribute("aria-busy", "true");
    askForChange({ target });
  }

  // ---- Ten buttons

  function buildDigits(group, choose) {
    return Array.from({ length: 10 }, (_, digit) => {
      const button = addNode(group, "button", "", String(digit));
      button.type = "button";
      button.addEventListener("click", () => shown && choose(digit));
      return button;
    });
  }

  function markDigits(buttons, chosen) {
    buttons.forEach((button, digit) => {
      button.setAttribute("aria-pressed", String(digit === chosen));
      if (shown) button.title = `${digit} has ${shown.texts[digit]} now (${shown.titles[digit]})`;
    });
  }

  // ---- What would make it another digit

  const [beforeFrame, afterFrame, changeFrame] = changePart.querySelectorAll("figure");
  const transport = createTransport(changePart.querySelector(".gb-transport"), (steps) => showFrame(steps), { firstSpeed: 0.5,
    tell: (steps) => change?.frames[steps]?.label ?? "" });

  function takeChange(answer, asked) {
    changePart.removeAttribute("aria-busy");
    transport.pause();
    setText(changePart.querySelector(".gb-why-sentence"), answer.error || answer.absent || answer.sentence);
    const frames = answer.frames || [];
    changePart.querySelector(".gb-why-steps").hidden = frames.length < 2;
    change = null;
    if (frames.length > 1) {
      change = { ...answer, frames: frames.map((frame) => ({ ...frame, pixels: decode(frame.image), changes: decode(frame.change) })) };
      fillBars();
      transport.setLength(frames.length - 1, false);
      if (!prefersReducedMotion()) transport.play();
    }
    host.dataset.change = `${followed.serial()}/${asked.target}`;
  }

  function fillBars() {
    changePart.querySelector(".gb-why-bars").replaceChildren(...[String(change.answer), String(change.target), "others"].map((name) => {
      const bar = document.createElement("li");
      addNode(bar, "b", "", name);
      addNode(bar, "i");
      addNode(bar, "span");
      return bar;
    }));
  }

  function showFrame(steps) {
    const frame = change?.frames[steps];
    if (!frame) return;
    setText(beforeFrame.firstChild, `Before: read as ${change.answer}`);
    setText(afterFrame.firstChild, `After ${steps} edit${steps === 1 ? "" : "s"}: read as ${frame.read}`);
    [...changePart.querySelectorAll(".gb-why-bars li")].forEach((bar, index) => {
      bar.children[1].style.setProperty("--share", frame.shares[index]);
      setText(bar.children[2], frame.texts[index]);
      bar.title = String(frame.shares[index]);
      const bars = [change.answer, change.target];
      bar.classList.toggle("is-read", index === 2 ? !bars.includes(frame.read) : frame.read === bars[index]);
    });
    changePart.querySelector(".gb-why-frames").dataset.step = String(steps);
    paintFrames(frame);
  }

  function paintFrames(frame) {
    if (!ramps || changePart.clientWidth < 40) return;
    paintField(beforeFrame.querySelector("canvas"), change.frames[0].pixels, ramps.ink);
    const after = paintField(afterFrame.querySelector("canvas"), frame.pixels, ramps.ink);
    const changed = paintField(changeFrame.querySelector("canvas"), frame.changes, ramps.signed);
    if (!changed) return;
    traceInk(changed, change.frames[0].pixels, ramps.colors.ink);
    if (frame.edit) for (const field of [after, changed]) ringEdit(field, frame.edit);
  }

  // The latest edit; what it did is in the images.
  function ringEdit({ context, cell }, { row, column }) {
    for (const [color, width] of [[ramps.colors.surface, 4], [ramps.colors.accent, 2]]) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc((column + 0.5) * cell, (row + 0.5) * cell, 2 * cell, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  changePart.addEventListener("keydown", (event) => {
    if (change && event.target.closest(".gb-why-steps")) transport.onKey(event);
  });

  // ---- The nearest training digits

  function takeNearest(answer) {
    nearestPart.removeAttribute("aria-busy");
    nearest = (answer.digits || []).map((one) => ({ ...one, bytes: decode(one.pixels) }));
    setText(nearestPart.querySelector(".gb-why-sentence"), answer.error || answer.absent || answer.sentence);
    setText(nearestPart.querySelector(".gb-why-note"), answer.compared || "");
    nearestPart.querySelector(".gb-why-images").replaceChildren(...nearest.map((one) => {
      const figure = document.createElement("figure");
      figure.title = one.title;
      const canvas = addNode(figure, "canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", one.title);
      addNode(figure, "b", "", String(one.label)).classList.toggle("is-other", one.label !== shown.answer);
      addNode(figure, "small", "", `No. ${formatNumber(one.index)}`);
      addNode(figure, "span", "", one.distance);
      return figure;
    }));
    drawNearest();
    host.dataset.nearest = String(followed.serial());
  }

  function drawNearest() {
    if (!nearest || !ramps) return;
    nearestPart.querySelectorAll("canvas").forEach((canvas, index) => {
      canvas.width = canvas.height = FIELD;
      canvas.getContext("2d").drawImage(paint(nearest[index].bytes, FIELD, ramps.ink), 0, 0);
    });
  }

  // ---- Drawing

  function draw() {
    if (host.clientWidth < 40) return;  // in a closed section
    followed.askIfSeen();
    ramps = readRamps(host);
    const { negative, zero, positive } = readColors(host, { negative: "--gb-negative", zero: "--gb-zero", positive: "--gb-positive" });
    for (const bar of host.querySelectorAll(".gb-why-legend i")) bar.style.background = `linear-gradient(to right, ${negative}, ${zero}, ${positive})`;
    maps.draw(ramps);
    if (change) showFrame(Number(changePart.querySelector(".gb-why-frames").dataset.step || 0));
    drawNearest();
  }

  redrawOnChange(host, draw);
  followed.take();
}
