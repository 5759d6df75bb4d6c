// The layers of a network. Python sends every number and text; this script paints bytes, and asks for the full numbers of
// the layer and the weights of the unit that are pointed at.

/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { Detail, Unit } from "../payload.js" */
/** @import { MapsState, Passage } from "./types.js" */

import { createChannel, tellErrors } from "../../../ui/components/answers.js";
import { askAwaited, createAsker, readAnswer } from "../../../ui/components/asking.js";
import { offsetIn, redrawOnChange } from "../../../ui/components/canvas.js";
import { addNode, findCanvas, findPart } from "../../../ui/components/nodes.js";
import { markOld } from "../../../ui/components/old_result.js";
import { clamp, decode, isCells, paint, readRamps, unitAt } from "../../../ui/components/sheets.js";
import { createChosenUnit, keyOf, SIDE } from "./chosen_unit.js";
import { createLayerRows } from "./layer_rows.js";

/** @type {Record<string, number[]>} */
const KEY_MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const channel = createChannel(/** @type {string} */ (keptProps.channel));
  const maps = findPart(element, ".gb-maps");
  const list = findPart(maps, ".gb-maps-layers");
  const [digitFigure, mapFigure] = maps.querySelectorAll("figure");
  const mapCanvas = findCanvas(mapFigure);
  /** @type {NodeListOf<HTMLElement>} */
  const moves = maps.querySelectorAll("[data-move]");
  const buttons = Object.fromEntries([...moves].map((each) => [each.dataset.move, each]));

  // Changed here alone; the parts that draw it only read it.
  const state = /** @type {MapsState} */ (
    /** @type {unknown} */ ({
      passage: null, // what Python sent last
      layers: [], // its layers, each with its row on the page
      chosen: null, // { layer, channel, row, column }
      isHeld: false, // the pointer chooses no other map on its way over them
      exact: new Map(), // a layer's name -> its numbers in full
      weights: new Map(), // name/channel -> { note, weights } of a unit
      ramps: null, // the theme's colours
      layerOf: (/** @type {string} */ name) => state.layers.find((layer) => layer.name === name),
    })
  );
  const rows = createLayerRows(list, state, { choose, hold, openMap, onKey });
  const unit = createChosenUnit(maps, state);

  // ---- What is pointed at

  /** @type {number | null} */
  let shownSoon = null; // the frame in which the chosen unit is drawn

  /** @type {(target: Unit) => void} */
  function choose(target) {
    const { chosen } = state;
    if (chosen && keyOf(target) === keyOf(chosen) && target.row === chosen.row && target.column === chosen.column)
      return;
    shownSoon ??= requestAnimationFrame(showChosen);
    state.chosen = target;
    learn();
  }

  function showChosen() {
    shownSoon = null;
    unit.show();
  }

  // ---- Questions about a unit: one under way at most, the latest next

  let isLearning = false;

  function findUnknown() {
    const { layer, channel } = state.chosen;
    if (!state.exact.has(layer) || !state.weights.has(keyOf(state.chosen)))
      return { layer, channel, with_values: !state.exact.has(layer) };
    const open = state.layers.find((each) => each.isOpen && !each.levels);
    return open && { layer: open.name, channel: 0, with_values: true };
  }

  async function learn() {
    if (isLearning) return;
    isLearning = true;
    for (let unknown = findUnknown(); unknown && maps.isConnected; unknown = findUnknown()) {
      const asked = state.passage;
      const text = await server.explain({ ...unknown, key: asked.key, version: asked.version, image: asked.image });
      if (state.passage !== asked) continue; // about an image that is gone
      const detail = readAnswer(text);
      if (detail.error !== undefined) {
        channel.broadcast(detail);
        break;
      }
      keep(detail);
      if (!shownSoon) shownSoon = requestAnimationFrame(showChosen);
    }
    isLearning = false;
  }

  /** @type {(detail: Detail) => void} */
  function keep(detail) {
    const layer = state.layerOf(detail.layer);
    state.weights.set(keyOf(detail), { note: detail.note, weights: detail.weights });
    if (!detail.values) return;
    const numbers = new Float32Array(decode(detail.values).buffer);
    state.exact.set(detail.layer, numbers);
    if (layer.levels) return;
    const times = (layer.signed ? 127 : 255) / (layer.scale || 1);
    layer.levels = Uint8Array.from(numbers, (value) => Math.round(value * times) + (layer.signed ? 128 : 0));
    rows.paint(layer);
    rows.draw(layer);
  }

  // ---- Answers of Python's

  channel.page.ask = createAsker(
    (values) => server.answer({ values, chosen: state.chosen }),
    (text) => takeAnswer(readAnswer(text)),
  );

  /** @type {(answer: any) => void} */
  function takeAnswer(answer) {
    const { layers, errors = {}, error = "", is_missing: isMissing } = answer;
    channel.broadcast(tellErrors({ errors, error, is_missing: isMissing }, keptProps.fields));
    markOld(maps, !layers);
    if (layers) show(answer);
  }

  /** @type {(answer: Passage) => void} */
  function show(answer) {
    const before = state.passage;
    const isSame =
      Boolean(before) &&
      before.layers.length === answer.layers.length &&
      before.layers.every(
        (layer, index) => layer.name === answer.layers[index].name && layer.title === answer.layers[index].title,
      );
    state.passage = keptProps.passage = answer;
    maps.hidden = false;
    state.ramps = readRamps(maps);
    state.exact = new Map();
    if (!before || before.key !== answer.key || before.version !== answer.version) state.weights = new Map();
    const old = state.layers;
    state.layers = answer.layers;
    const nodes = state.layers.map((layer, index) => {
      layer.levels = layer.bytes ? decode(layer.bytes) : null;
      if (layer.filters) layer.filters.levels = decode(layer.filters.bytes);
      if (!isSame) return rows.build(layer);
      const { parts, row, isOpen, bitmap } = old[index]; // the last bitmap of an unfolded layer stays until the next one
      return Object.assign(layer, { parts, isOpen, bitmap, row }).row;
    });
    if (!isSame) {
      state.chosen = answer.chosen;
      list.replaceChildren(...nodes);
    }
    keep(answer.detail);
    findPart(digitFigure, "figcaption").textContent = answer.caption;
    fillAnswer();
    drawAll();
    learn();
    maps.dataset.drawn = `${Number(maps.dataset.drawn || 0) + 1}`;
  }

  function fillAnswer() {
    findPart(maps, ".gb-maps-verdict").textContent = state.passage.verdict;
    const head = { digit: "", logit: "logit", probability: "probability", share: 0, is_largest: false };
    const bars = [head, ...state.passage.bars].map((bar) => {
      const line = document.createElement("li");
      line.className = bar === head ? "is-head" : bar.is_largest ? "is-largest" : "";
      const texts = { b: `${bar.digit}`, em: bar.logit, i: "", span: bar.probability };
      for (const [tag, text] of Object.entries(texts)) addNode(line, tag, "", text);
      findPart(line, "i").style.setProperty("--share", `${100 * bar.share}%`);
      return line;
    });
    findPart(maps, ".gb-maps-bars").replaceChildren(...bars);
  }

  // Theme, width or screen have changed.
  function redraw() {
    if (!state.passage) return;
    state.ramps = readRamps(maps);
    drawAll();
  }

  function drawAll() {
    state.passage.bitmap = paint(decode(state.passage.digit), SIDE, state.ramps.ink);
    const available = list.clientWidth; // read once: each reading after a change makes the browser lay out the page
    for (const layer of state.layers) {
      rows.fill(layer);
      if (layer.levels) rows.paint(layer);
      rows.draw(layer, available);
    }
    showChosen();
  }

  // ---- Hands

  function openMap() {
    if (!state.layerOf(state.chosen.layer).openable) return;
    props.value = { layer: state.chosen.layer, channel: state.chosen.channel };
    trigger("select");
  }

  /** @type {(wanted: boolean) => void} */
  function hold(wanted) {
    state.isHeld = wanted;
    buttons.hold.setAttribute("aria-pressed", String(wanted));
  }

  /** @type {(by: number) => void} */
  function stepMap(by) {
    const { count } = state.layerOf(state.chosen.layer);
    hold(true);
    choose({ ...state.chosen, channel: (state.chosen.channel + by + count) % count });
  }

  /** @type {(event: KeyboardEvent) => void} */
  function onKey(event) {
    /** @type {HTMLElement | null} */
    const row = /** @type {Element} */ (event.target).closest(".gb-maps-layer");
    const layer = state.layerOf(row?.dataset.layer ?? state.chosen.layer);
    if (layer.name !== state.chosen.layer) {
      const [channel, r, column] = layer.strongest;
      choose({ layer: layer.name, channel, row: r, column });
    }
    const move = KEY_MOVES[event.key];
    const steps = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : 0;
    if (!move && !steps && event.key !== "Enter") return;
    event.preventDefault();
    if (event.key === "Enter") return openMap();
    if (steps) return stepMap(steps);
    if (isCells(layer)) {
      const { across } = (row && layer.parts.sheet?.sheet) || unit.mapSheet();
      return choose({
        ...state.chosen,
        channel: clamp(state.chosen.channel + move[0] * across + move[1], layer.count - 1),
      });
    }
    choose({
      ...state.chosen,
      row: clamp(state.chosen.row + move[0], layer.rows - 1),
      column: clamp(state.chosen.column + move[1], layer.columns - 1),
    });
  }

  /** @type {(event: MouseEvent) => void} */
  function onMap(event) {
    const layer = state.layerOf(state.chosen.layer);
    const { index, row, column } = unitAt(unit.mapSheet(), offsetIn(event).x, offsetIn(event).y);
    choose({ ...state.chosen, channel: isCells(layer) ? index : state.chosen.channel, row, column });
  }

  mapCanvas.addEventListener("pointerdown", onMap);
  mapCanvas.addEventListener("pointermove", onMap);
  mapCanvas.addEventListener("keydown", onKey);
  maps.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hold(false);
  });
  buttons.hold.addEventListener("click", () => hold(!state.isHeld));
  buttons.back.addEventListener("click", () => stepMap(-1));
  buttons.next.addEventListener("click", () => stepMap(1));
  buttons.open.addEventListener("click", openMap);

  // The value is an answer as text; our own messages, which stand there in between, are objects.
  function takeValue() {
    if (typeof props.value === "string") takeAnswer(JSON.parse(props.value));
  }

  redrawOnChange(maps, redraw);
  watch("value", takeValue);
  // Gradio forgets a component's value while it is off the page: the page keeps what it showed.
  if (keptProps.passage) show(keptProps.passage);
  else takeValue();
  askAwaited(channel.page);
}
