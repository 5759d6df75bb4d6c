// The window that slides over an image. Python sends image, kernel, result and geometry; this script shows which window
// gives which output pixel, and which outputs an input pixel feeds.

/** @import { Cell, Colors, Context, Mounted, Panel } from "../../../ui/components/types.js" */
/** @import { View } from "../payload.js" */
/** @import { Link, Selected } from "./types.js" */

import { createChannel, tellErrors } from "../../../ui/components/answers.js";
import { askAwaited, createAsker } from "../../../ui/components/asking.js";
import { prefersReducedMotion, redrawOnChange } from "../../../ui/components/canvas.js";
import { createGrids, numColumns, numRows, outline } from "../../../ui/components/grids.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { formatNumber, isNumber } from "../../../ui/components/numbers.js";
import { markOld } from "../../../ui/components/old_result.js";
import { createTransport } from "../../../ui/components/transport.js";
import { fedOutputs, spellInput, spellOutput, tellPlace, windowCells } from "./arithmetic.js";

/** @type {Record<string, number[]>} */
const KEY_MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const REST_MS = 300; // the controls stand still this long before Python works out the rest

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const channel = createChannel(keptProps.channel);
  const host = findPart(element, ".gb-window");
  const row = findPart(host, ".gb-grids-panels");
  const place = findPart(host, ".gb-window-place");
  const lines = /** @type {HTMLElement[]} */ ([...host.querySelectorAll(".gb-window-terms")]);
  const painter = createGrids(row, findPart(host, ".gb-grids-legend"), { attach, mark, describe });
  const transport = createTransport(findPart(host, ".gb-transport"), onStep, {
    firstSpeed: 1,
    loops: true,
    tell: (steps, last) => `pixel ${formatNumber(steps + 1)} of ${formatNumber(last + 1)}`,
  });

  /** @type {Link | null} */
  let link = null; // how the panels hang together
  /** @type {Selected | null} */
  let selected = null;
  let outputSize = "";
  let rest = 0;

  // ---- What Python sent

  /** @type {(view: View) => void} */
  function show(view) {
    keptProps.view = view;
    link = null; // nothing is marked until all is known
    painter.setPanels(view.panels);
    const shown = /** @type {Link} */ ({
      ...view.link,
      input: painter.find("input"),
      kernel: painter.find("kernel"),
      outputs: view.link.outputs.map(painter.find),
    });
    link = shown;
    for (const panel of [shown.input, ...shown.outputs]) panel.canvas.tabIndex = 0;
    for (const line of lines) line.style.minHeight = "";
    const [rows, columns] = [numRows(shown.outputs[0]), numColumns(shown.outputs[0])];
    const isNew = outputSize !== `${rows} × ${columns}`;
    outputSize = `${rows} × ${columns}`;
    if (selected && selected.side === "input") selected = null;
    transport.setLength(rows * columns - 1, !isNew);
    if (isNew) transport.jumpTo(strongestPixel(shown.outputs[0], shown.bias || 0));
    host.dataset.views = `${Number(host.dataset.views || 0) + 1}`; // how many have been drawn
  }

  /** @type {(output: Panel, bias: number) => number} */
  function strongestPixel(output, bias) {
    let best = { index: 0, size: -1 };
    const columns = numColumns(output);
    output.values.forEach((line, r) =>
      line.forEach((value, c) => {
        const size = isNumber(value) ? Math.abs(value - bias) : 0; // what the ink adds
        if (size > best.size) best = { index: r * columns + c, size };
      }),
    );
    return best.index;
  }

  // ---- Marks

  /** @type {(panel: Panel) => string} */
  function describe(panel) {
    return panel.small ? "" : ". Arrow keys move the window, Space plays or pauses.";
  }

  /** @type {(context: Context, panel: Panel, colors: Colors) => void} */
  function mark(context, panel, colors) {
    if (!link || !selected) return;
    const cell = { row: selected.row, column: selected.column };
    if (selected.side === "input") {
      if (panel === link.input) outline(context, panel, colors, [cell]);
      const fed = fedOutputs(link, cell);
      if (panel === link.kernel)
        outline(
          context,
          panel,
          colors,
          fed.map(({ i, j }) => ({ row: i, column: j })),
          2,
        );
      if (link.outputs.includes(panel)) outline(context, panel, colors, fed, 2);
      return;
    }
    if (link.outputs.includes(panel)) return outline(context, panel, colors, [cell]);
    if (panel === link.kernel)
      return outline(context, panel, colors, [{ row: 0, column: 0, rows: link.size, columns: link.size }]);
    if (panel !== link.input) return;
    const reach = link.dilation * (link.size - 1) + 1;
    const start = { row: cell.row * link.stride - link.padding, column: cell.column * link.stride - link.padding };
    outline(context, panel, colors, [{ ...start, rows: reach, columns: reach }]);
    if (link.dilation > 1) outline(context, panel, colors, windowCells(link, cell), 2);
    if (link.winners) {
      const [r, c] = link.winners[cell.row][cell.column];
      context.beginPath();
      context.arc(
        (c + panel.ring[3] + 0.5) * panel.cell,
        (r + panel.ring[0] + 0.5) * panel.cell,
        Math.max(2.5, panel.cell / 4),
        0,
        2 * Math.PI,
      );
      context.fillStyle = colors.accent;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = colors.halo;
      context.stroke();
    }
  }

  // ---- The sum

  function spell() {
    for (const line of lines) line.replaceChildren();
    if (!link || !selected) return;
    const cell = { row: selected.row, column: selected.column };
    if (selected.side === "output") {
      setText(place, `Output pixel in ${tellPlace(cell)}`);
      spellOutput(link, lines, cell);
    } else {
      const count = spellInput(link, lines, cell);
      const value = formatNumber(link.input.values[cell.row][cell.column]);
      setText(
        place,
        `Input pixel in ${tellPlace(cell)}: ${value}. It feeds ${count} output pixel${count === 1 ? "" : "s"}`,
      );
    }
    lines[1].hidden = !lines[1].firstChild;
    // The box grows to the longest sum and stays there, so that nothing below it jumps while the window moves.
    const heights = lines.map((line) => line.offsetHeight);
    lines.forEach((line, index) => {
      if (heights[index] > (parseFloat(line.style.minHeight) || 0)) line.style.minHeight = `${heights[index]}px`;
    });
  }

  // ---- Moving

  /** @type {(target: Selected) => void} */
  function select(target) {
    selected = target;
    painter.drawMarks();
    spell();
  }

  /** @type {(steps: number) => void} */
  function onStep(steps) {
    if (!link) return;
    const columns = numColumns(link.outputs[0]);
    const target = { side: "output", row: Math.floor(steps / columns), column: steps % columns };
    if (
      selected &&
      selected.side === "output" &&
      selected.row === target.row &&
      selected.column === target.column &&
      selected.link === link
    )
      return;
    select({ ...target, link });
  }

  /** @type {(side: string, cell: Cell) => void} */
  function goTo(side, { row: r, column: c }) {
    if (!link) return;
    const panel = side === "input" ? link.input : link.outputs[0];
    const target = {
      row: Math.min(numRows(panel) - 1, Math.max(0, r)),
      column: Math.min(numColumns(panel) - 1, Math.max(0, c)),
    };
    if (side === "output") return transport.moveTo(target.row * numColumns(panel) + target.column);
    transport.pause();
    select({ side, ...target, link });
  }

  /** @type {(panel: Panel) => string | null} */
  function sideOf(panel) {
    if (!link || !panel) return null;
    if (panel === link.input) return "input";
    return link.outputs.includes(panel) ? "output" : null;
  }

  /** @type {(canvas: HTMLCanvasElement, index: number) => void} */
  function attach(canvas, index) {
    const onPoint = (/** @type {PointerEvent} */ event) => {
      const side = sideOf(painter.at(index));
      if (side) goTo(side, painter.cellAt(painter.at(index), event));
    };
    canvas.addEventListener("pointermove", onPoint);
    canvas.addEventListener("pointerdown", onPoint);
    canvas.addEventListener("keydown", (event) => onArrow(event, sideOf(painter.at(index))));
    canvas.classList.add("is-linked");
  }

  // On a grid the arrow keys move in two directions; elsewhere they step from pixel to pixel.
  /** @type {(event: KeyboardEvent, side: string | null) => void} */
  function onArrow(event, side) {
    const move = KEY_MOVES[event.key];
    if (!side || !move) return;
    event.preventDefault();
    event.stopPropagation();
    const from = selected && selected.side === side ? selected : { row: 0, column: 0 };
    const here = side === "input" && selected?.side !== "input" ? windowStart() : from;
    goTo(side, { row: here.row + move[0], column: here.column + move[1] });
  }

  function windowStart() {
    return selected && link
      ? { row: selected.row * link.stride - link.padding, column: selected.column * link.stride - link.padding }
      : { row: 0, column: 0 };
  }

  // ---- Questions to Python: the controls' values

  channel.page.ask = createAsker(
    (values) => server.answer({ values }),
    (text) => {
      if (typeof text === "string") takeAnswer(text);
    },
  );

  /** @type {(text: string) => void} */
  function takeAnswer(text) {
    const answer = JSON.parse(text);
    if (answer.view) show(answer.view);
    showMissing(answer.missing || "");
    // Something cannot be: the last result stays, and is marked as old.
    if (answer.view || answer.errors) markOld(host, !answer.view && !answer.missing);
    channel.broadcast(tellErrors(answer, "window-field-"));
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (host.isConnected) trigger("release");
    }, REST_MS);
  }

  // In the place of a result: what has to be given first.
  /** @type {(sentence: string) => void} */
  function showMissing(sentence) {
    host.classList.toggle("is-missing", Boolean(sentence));
    findPart(host, ".gb-window-missing").textContent = sentence;
    if (sentence) transport.pause();
  }

  function takeValue() {
    if (typeof props.value === "string") takeAnswer(props.value);
  }

  host.addEventListener("keydown", transport.onKey);
  redrawOnChange(row, () => {
    painter.redraw();
    spell();
  });
  watch("value", takeValue);
  if (keptProps.view) show(keptProps.view);
  const isOpening = !keptProps.view;
  takeValue();
  if (isOpening) clearTimeout(rest); // Python has sent all that goes with the opening
  askAwaited(channel.page);
  if (isOpening && !prefersReducedMotion()) transport.play();
}
