// A picture of a place on the page: its canvases and drawings where they stand, and the short texts between them.
/** @import { SentPicture } from "../payloads.js" */

import { contextOf, readColors } from "../../ui/components/canvas.js";

const MAX_WIDTH_PX = 1600;
const MAX_HEIGHT_PX = 2400;
const PADDING_PX = 12;
const LINE_PX = 3;
const MARK_PX = 24; // no higher than a line
const LABELS_PX = 36; // what names a picture stands above it
const SVG_STYLES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-size",
  "font-family",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "color",
];

// Undefined where nothing of it is a picture.
/** @type {(place: HTMLElement, alt: string) => Promise<SentPicture | undefined>} */
export async function paintPlace(place, alt) {
  const drawn = [...place.querySelectorAll("canvas, svg")].filter(
    (each) =>
      each.getBoundingClientRect().width > 24 &&
      !each.closest("button, svg svg, .katex, [data-card-skip]") &&
      isOpaque(each, place),
  );
  if (!drawn.length) return undefined;
  const boxes = drawn.map((each) => each.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left)) - PADDING_PX;
  const top = Math.min(...boxes.map((box) => box.top)) - LABELS_PX;
  const width = Math.max(...boxes.map((box) => box.right)) + PADDING_PX - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) + PADDING_PX - top;
  const scale = Math.min(window.devicePixelRatio || 1, MAX_WIDTH_PX / width, MAX_HEIGHT_PX / height);

  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = contextOf(canvas);
  context.scale(scale, scale);
  context.fillStyle = readColors(place, { surface: "--gb-surface" }).surface;
  context.fillRect(0, 0, width, height);
  context.translate(-left, -top);
  for (const [index, each] of drawn.entries()) {
    const image = each instanceof HTMLCanvasElement ? each : await loadDrawing(/** @type {SVGElement} */ (each));
    const box = boxes[index];
    if (image && box.width && box.height) context.drawImage(image, box.left, box.top, box.width, box.height);
  }
  fillMarks(context, place, { left, top, right: left + width, bottom: top + height });
  writeTexts(context, place, { left, top, right: left + width, bottom: top + height });
  return { png: canvas.toDataURL("image/png").replace(/^[^,]*,/, ""), alt };
}

/** @type {(element: Element, place: Element) => boolean} */
function isOpaque(element, place) {
  for (let each = /** @type {Element | null} */ (element); each && each !== place; each = each.parentElement) {
    const style = getComputedStyle(each);
    if (style.visibility === "hidden" || style.opacity === "0") return false;
  }
  return true;
}

// A drawing knows its colours from the page: they are written into a copy.
/** @type {(svg: SVGElement) => Promise<HTMLImageElement | undefined>} */
async function loadDrawing(svg) {
  const copy = /** @type {SVGElement} */ (svg.cloneNode(true));
  const originals = [svg, ...svg.querySelectorAll("*")];
  for (const [index, part] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(originals[index]);
    const written = SVG_STYLES.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
    part.setAttribute("style", written);
  }
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("width", `${width}`);
  copy.setAttribute("height", `${height}`);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  try {
    await image.decode();
    return image;
  } catch {
    return undefined;
  }
}

// The keys of curves and the bars of a list: small coloured elements without a text.
/** @type {(context: CanvasRenderingContext2D, place: Element, box: { left: number, top: number, right: number, bottom: number }) => void} */
function fillMarks(context, place, { left, top, right, bottom }) {
  for (const each of place.querySelectorAll("*")) {
    if (each.textContent || each.closest("button, input, select, canvas, svg, table, [data-card-skip]")) continue;
    const { left: x, top: y, right: end, bottom: foot, width, height } = each.getBoundingClientRect();
    if (width < 2 || height < 2 || height > MARK_PX || x < left || y < top || end > right || foot > bottom) continue;
    if (!isOpaque(each, place)) continue;
    context.fillStyle = getComputedStyle(each).backgroundColor; // none is transparent
    context.fillRect(x, y, width, height);
    const line = getComputedStyle(each, "::before");
    if (line.content === "none") continue;
    context.fillStyle = line.backgroundColor;
    context.fillRect(x, y + height / 2 - LINE_PX / 2, width, LINE_PX);
  }
}

/** @type {(context: CanvasRenderingContext2D, place: Element, box: { left: number, top: number, right: number, bottom: number }) => void} */
function writeTexts(context, place, { left, top, right, bottom }) {
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  context.textBaseline = "middle";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (
      !node.textContent?.trim() ||
      !parent ||
      parent.closest("button, select, table, svg, style, script, math, [data-card-skip]")
    )
      continue;
    range.selectNodeContents(node);
    const lines = range.getClientRects();
    if (lines.length !== 1 || !isOpaque(parent, place)) continue; // longer texts are no labels
    const { left: x, top: y, right: end, bottom: foot, width, height } = lines[0];
    if (width < 2 || height < 2 || x < left || y < top || end > right || foot > bottom) continue;
    const style = getComputedStyle(parent);
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.fillText(node.textContent.replace(/\s+/g, " ").trim(), x, y + height / 2, width);
  }
}
