// What canvases share: the screen's pixels, the theme's colours, and when to draw anew.

const FAR_MS = 400;        // what is far from the screen and has not changed for so long is drawn

// Size a canvas for the screen's pixel ratio; the context then counts in CSS pixels.
export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const pixelWidth = Math.max(1, Math.round(width * ratio));
  const pixelHeight = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

// Colours live in theme.css only, so both themes are answered by one drawing routine.
export function readColors(host, names) {
  const style = getComputedStyle(host);
  const colors = {};
  for (const [key, property] of Object.entries(names)) {
    colors[key] = style.getPropertyValue(property).trim() || "#888888";
  }
  return colors;
}

// Red, green and blue of any colour that CSS knows, 0 to 255 each.
export function channelsOf(color) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = color;
  return [1, 3, 5].map((at) => parseInt(context.fillStyle.slice(at, at + 2), 16));
}

// Redraw when the theme flips, the host is resized, the window moves to a screen with another pixel ratio, or the page is
// printed, which waits for no frame: some browsers lay it out for the paper first and say so, others only say so before.
// A component that Gradio has removed from the page is let go at the first call.
export function redrawOnChange(host, redraw) {
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
  const print = () => { if (host.isConnected) redraw({ isPrinted: true }); };
  const paper = window.matchMedia("print");
  window.addEventListener("beforeprint", print);
  paper.addEventListener("change", print);
  function stop() {
    themeObserver.disconnect();
    sizeObserver.disconnect();
    window.removeEventListener("resize", schedule);
    window.removeEventListener("beforeprint", print);
    paper.removeEventListener("change", print);
  }
  return schedule;
}

// As redrawOnChange; what is far from the screen is drawn when it comes near, is printed, or has not changed for a while:
// a picture of the whole page shows it, too. Until the browser says otherwise, it is near.
export function redrawWhenNear(host, redraw) {
  let isNear = true;
  let later = null;        // the drawing of what is far
  const draw = () => {
    clearTimeout(later);
    later = null;
    if (host.isConnected) redraw();
  };
  const schedule = redrawOnChange(host, ({ isPrinted } = {}) => {
    clearTimeout(later);
    if (isNear || isPrinted) draw();
    else later = setTimeout(draw, FAR_MS);
  });
  new IntersectionObserver((entries) => {
    isNear = entries[entries.length - 1].isIntersecting;
    if (isNear && later !== null) schedule();
  }, { rootMargin: "200px" }).observe(host);
  return schedule;
}

export function prefersReducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
