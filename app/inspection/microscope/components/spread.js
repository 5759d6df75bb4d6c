// Dropout on one image. Python sends the image, the mask and the answers; strips.js draws the answers. This script asks for
// the pictures of the section, its own and that of norm.js: of several events, the last one's answer is shown last.
/** @import { Colors, Context, Mounted } from "../../../ui/components/types.js" */
/** @import { Absent, Digit, Mask, Pictures, Spread } from "../payload.js" */

import { createChannel, tellErrors } from "../../../ui/components/answers.js";
import { askAwaited, createAsker, readAnswer } from "../../../ui/components/asking.js";
import { contextOf, fitCanvas, readColors, redrawOnChange } from "../../../ui/components/canvas.js";
import { findCanvas, findPart, setText } from "../../../ui/components/nodes.js";
import { markOld } from "../../../ui/components/old_result.js";
import { createStrips } from "./strips.js";

const MAX_CELL_PX = 18;

/** @type {(given: Mounted) => void} */
export function mount({ element, props, server, keptProps }) {
  const channel = createChannel(keptProps.channel);
  const spread = findPart(element, ".gb-spread");
  const parts = findPart(spread, ".gb-spread-parts");
  const digit = findPart(spread, ".gb-spread-digit");
  const mask = findPart(spread, ".gb-spread-mask");
  const strips = createStrips(findPart(spread, ".gb-strips"));

  /** @type {(Spread & Partial<Absent>) | null} */
  let shown = null; // what Python sent last

  /** @type {(sent: Spread & Partial<Absent>) => void} */
  function show(sent) {
    shown = sent;
    const isAbsent = Boolean(sent.absent);
    parts.hidden = isAbsent;
    setText(findPart(spread, ".gb-strips-absent"), sent.absent || "");
    setText(findPart(spread, ".gb-strips-text"), sent.text || "");
    if (isAbsent) return;
    setText(findPart(digit, "figcaption"), sent.digit.caption);
    setText(findPart(mask, "b"), sent.mask.title);
    setText(findPart(mask, "small"), sent.mask.text);
    findPart(mask, "canvas").setAttribute("aria-label", `Mask of ${sent.mask.title}; ${sent.mask.text}`);
    strips.setRows(sent.rows, sent.verdict);
    draw();
  }

  function draw() {
    if (!shown || shown.absent || !parts.clientWidth) return;
    const colors = readColors(spread, {
      sunk: "--gb-surface-sunk",
      ink: "--gb-ink",
      kept: "--gb-positive",
      dropped: "--gb-zero",
    });
    drawDigit(contextOf(findCanvas(digit)), colors, shown.digit);
    drawMask(findCanvas(mask), colors, shown.mask);
  }

  /** @type {(context: Context, colors: Colors, { pixels }: Digit) => void} */
  function drawDigit(context, colors, { pixels }) {
    const ink = Uint8Array.from(atob(pixels), (character) => character.charCodeAt(0));
    context.globalAlpha = 1;
    context.fillStyle = colors.sunk;
    context.fillRect(0, 0, 28, 28);
    context.fillStyle = colors.ink;
    ink.forEach((level, index) => {
      context.globalAlpha = level / 255;
      context.fillRect(index % 28, Math.floor(index / 28), 1, 1);
    });
  }

  // One tile a map, a gap between tiles; the cells as large as the width allows.
  /** @type {(canvas: HTMLCanvasElement, colors: Colors, sent: Mask) => void} */
  function drawMask(canvas, colors, sent) {
    const { kept, tiles, rows, columns, per_row: perRow } = sent;
    const gap = rows * columns > 1 ? 3 : 2;
    const available = Math.min(mask.clientWidth, 420) - gap * (perRow - 1);
    const cell = Math.max(1, Math.min(MAX_CELL_PX, Math.floor(available / (perRow * columns))));
    const [stepX, stepY] = [columns * cell + gap, rows * cell + gap];
    const [width, height] = [perRow * stepX - gap, Math.ceil(tiles / perRow) * stepY - gap];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    for (let index = 0; index < kept.length; index += 1) {
      const tile = Math.floor(index / (rows * columns));
      const place = index % (rows * columns);
      context.fillStyle = kept[index] === "1" ? colors.kept : colors.dropped;
      context.fillRect(
        (tile % perRow) * stepX + (place % columns) * cell,
        Math.floor(tile / perRow) * stepY + Math.floor(place / columns) * cell,
        cell,
        cell,
      );
    }
  }

  // While Python runs a hundred masks, which takes ConvNet4 long enough to be noticed, the pictures say so.
  /** @type {(isBusy: boolean) => void} */
  function tellBusy(isBusy) {
    for (const each of document.querySelectorAll(".gb-spread, .gb-norm")) each.ariaBusy = String(isBusy);
  }

  channel.page.ask = createAsker(
    async (values) => {
      tellBusy(true);
      return /** @type {Promise<string | undefined>} */ (server.answer({ values }));
    },
    (text) => {
      tellBusy(false);
      channel.broadcast(tellErrors(readAnswer(text), keptProps.fields));
    },
  );
  redrawOnChange(spread, draw);
  if (typeof props.value === "string" && props.value) keptProps.text = props.value;
  if (keptProps.text) show(JSON.parse(keptProps.text)); // the opening; what was answered since follows
  channel.listen(spread, (answer) => {
    const sent = /** @type {Spread & Partial<Absent> | null} */ (
      /** @type {Partial<Pictures>} */ (answer).spread ?? null
    );
    markOld(spread, !sent);
    if (sent) show(sent);
  });
  askAwaited(channel.page);
}
