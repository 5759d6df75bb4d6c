// What canvases share: the screen's pixels, the theme's colours, and when to draw anew.
/** @import { Context } from "./types.js" */

const FAR_MS = 400; // what is far from the screen and has not changed for so long is drawn

// Every browser has this context.
// How much larger an element is shown than its own pixels are: the page is enlarged for presenting.
/** @type {(element: Element) => number} */
export const zoomOf = (element) => element?.currentCSSZoom ?? 1;

// Where on its target a pointer is, in the target's own pixels.
/** @type {(event: MouseEvent) => { x: number, y: number }} */
export function offsetIn(event) {
  const zoom = zoomOf(/** @type {Element} */ (event.target));
  return { x: event.offsetX / zoom, y: event.offsetY / zoom };
}

/** @type {(canvas: HTMLCanvasElement) => Context} */
export const contextOf = (canvas) => /** @type {Context} */ (canvas.getContext("2d"));

// Size a canvas for the screen's pixel ratio; the context then counts in CSS pixels.
/** @type {(canvas: HTMLCanvasElement, width: number, height: number) => Context} */
export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const pixelWidth = Math.max(1, Math.round(width * ratio));
  const pixelHeight = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  const context = contextOf(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

// Colours live in theme.css only, so both themes are answered by one drawing routine.
/** @type {<Names extends Record<string, string>>(host: Element, names: Names) => Record<keyof Names, string>} */
export function readColors(host, names) {
  const style = getComputedStyle(host);
  const read = Object.entries(names).map(([key, property]) => [
    key,
    style.getPropertyValue(property).trim() || "#888888",
  ]);
  return Object.fromEntries(read);
}

// Red, green and blue of any colour that CSS knows, 0 to 255 each.
/** @type {(color: string) => number[]} */
export function channelsOf(color) {
  const context = contextOf(document.createElement("canvas"));
  context.fillStyle = color;
  const letters = String(context.fillStyle); // as #rrggbb
  return [1, 3, 5].map((at) => parseInt(letters.slice(at, at + 2), 16));
}

// Redraw when the theme flips, the host is resized, the window moves to a screen with another pixel ratio, or the page is
// printed, which waits for no frame: some browsers lay it out for the paper first and say so, others only say so before.
// A component that Gradio has removed from the page is let go at the first call, and `onGone` hears of it.
/** @type {(host: Element, redraw: (how?: { isPrinted?: boolean }) => void, onGone?: () => void) => () => void} */
export function redrawOnChange(host, redraw, onGone = () => {}) {
  let queued = false;
  const schedule = () => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      if (host.isConnected) redraw();
      else stop();
    });
  };
  const themeObserver = new MutationObserver(schedule);
  const sizeObserver = new ResizeObserver(schedule);
  for (const node of [document.documentElement, document.body]) {
    themeObserver.observe(node, { attributes: true, attributeFilter: ["class"] });
  }
  sizeObserver.observe(host);
  window.addEventListener("resize", schedule);
  const print = () => {
    if (host.isConnected) redraw({ isPrinted: true });
  };
  const paper = window.matchMedia("print");
  window.addEventListener("beforeprint", print);
  paper.addEventListener("change", print);
  function stop() {
    themeObserver.disconnect();
    sizeObserver.disconnect();
    window.removeEventListener("resize", schedule);
    window.removeEventListener("beforeprint", print);
    paper.removeEventListener("change", print);
    onGone();
  }
  return schedule;
}

// As redrawOnChange; what is far from the screen is drawn when it comes near, is printed, or has not changed for a while:
// a picture of the whole page shows it, too. Until the browser says otherwise, it is near.
/** @type {(host: Element, redraw: () => void) => () => void} */
export function redrawWhenNear(host, redraw) {
  let isNear = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later; // the drawing of what is far
  const draw = () => {
    clearTimeout(later);
    later = undefined;
    if (host.isConnected) redraw();
  };
  const schedule = redrawOnChange(
    host,
    ({ isPrinted } = {}) => {
      clearTimeout(later);
      if (isNear || isPrinted) draw();
      else later = setTimeout(draw, FAR_MS);
    },
    () => {
      clearTimeout(later);
      nearness.disconnect();
    },
  );
  const nearness = new IntersectionObserver(
    (entries) => {
      isNear = entries[entries.length - 1].isIntersecting;
      if (isNear && later !== undefined) schedule();
    },
    { rootMargin: "200px" },
  );
  nearness.observe(host);
  return schedule;
}

export function prefersReducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
