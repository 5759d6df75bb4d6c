// Drawing helpers that every component's script begins with. Gradio runs each script once, as a function body.

const MINUS = "\u2212";
const SUPERSCRIPTS = { "-": "\u207b", 0: "\u2070", 1: "\u00b9", 2: "\u00b2", 3: "\u00b3", 4: "\u2074",
  5: "\u2075", 6: "\u2076", 7: "\u2077", 8: "\u2078", 9: "\u2079" };

// One of our own props: as Gradio has it, or as it last was where Gradio has lost it (see read_component_script).
function ownProp(name) {
  if (props[name] !== undefined) keptProps[name] = props[name];
  return keptProps[name];
}

function superscript(integer) {
  return String(integer).split("").map((character) => SUPERSCRIPTS[character] || character).join("");
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

// Formatters are slow to make and quick to use, and a window that moves writes a hundred numbers at once.
const WHOLE = new Intl.NumberFormat("en-US");
const FORMATTERS = {};

function formatterOf(digits) {
  FORMATTERS[digits] ??= new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits });
  return FORMATTERS[digits];
}

// A number as a person writes it: four significant digits, a true minus sign, thousands apart.
function formatNumber(value, digits = 4) {
  if (!isNumber(value)) return "\u2013";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  let text;
  if (magnitude >= 1e7 || magnitude < 1e-4) {
    const [mantissa, exponent] = magnitude.toExponential(digits - 1).split("e");
    text = Number(mantissa) + "\u00d710" + superscript(Number(exponent));
  } else if (Number.isInteger(value)) {
    text = WHOLE.format(magnitude);
  } else {
    text = formatterOf(digits).format(Number(magnitude.toPrecision(digits)));
  }
  return (value < 0 ? MINUS : "") + text;
}

// Size a canvas for the screen's pixel ratio; the context then counts in CSS pixels.
function fitCanvas(canvas, width, height) {
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
function readColors(host, names) {
  const style = getComputedStyle(host);
  const colors = {};
  for (const [key, property] of Object.entries(names)) {
    colors[key] = style.getPropertyValue(property).trim() || "#888888";
  }
  return colors;
}

// Redraw when the theme flips, the host is resized or the window moves to a screen with another pixel ratio.
// A component that Gradio has removed from the page is let go at the first call.
function redrawOnChange(host, redraw) {
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
  function stop() {
    themeObserver.disconnect();
    sizeObserver.disconnect();
    window.removeEventListener("resize", schedule);
  }
  return schedule;
}

// As redrawOnChange; what is far from the screen is drawn when it comes near, or is printed. Until the browser has told,
// it is near.
function redrawWhenNear(host, redraw) {
  let isNear = true;
  let isStale = false;
  const schedule = redrawOnChange(host, () => {
    isStale = !isNear;
    if (isNear) redraw();
  });
  new IntersectionObserver((entries) => {
    isNear = entries[entries.length - 1].isIntersecting;
    if (isNear && isStale) schedule();
  }, { rootMargin: "200px" }).observe(host);
  window.addEventListener("beforeprint", () => { if (isStale && host.isConnected) redraw(); });
  return schedule;
}

// The value, or the end of the range that it lies beyond.
function keepWithin(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

function prefersReducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// Text is written only where it differs, so that a frame without news costs the page no layout.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
