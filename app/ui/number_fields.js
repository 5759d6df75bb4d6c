/* Fields of one number, Gradio's and ours. The browser's own drop a decimal comma, step by 1 and take what is out of
   bounds; these are text that is read as a number. What cannot be one is said beside the field, stays as it was typed,
   and reaches Python as text. `readNumber` is that of read_number.js; bounds and steps come from the tables of settings
   (see app/ui/components/number_field.py). */
(readNumber) => {
  const LEAST = 1e-5;  // where a number that grows by a factor leaves 0
  const content = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  const readText = (field) => content.get.call(field).trim();
  const write = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 15 });
  const told = new WeakMap();  // what is said at a block: { own: by this script, python: by Python, node }
  let count = 0;

  const read = (field) => {
    try { return readNumber(readText(field)); } catch { return NaN; }
  };
  const isReadable = (field) => readText(field) === "" || !Number.isNaN(read(field));

  /* From the field's attributes, which Gradio keeps up to date, and its block's classes. */
  const boundsOf = (field) => {
    const classes = field.closest(".block:not(label)")?.classList;
    const has = (name) => Boolean(classes?.contains(`gb-${name}`));
    const bound = (name, otherwise) => (field.getAttribute(name) ? Number(field.getAttribute(name)) : otherwise);
    return { low: bound("min", -Infinity), high: bound("max", Infinity), step: bound("step", 1) || 1,
      isWhole: has("whole"), isAbove: has("above"), byFactor: has("by-factor"), byDoubling: has("by-doubling") };
  };

  const isWithin = (value, { low, high, isAbove }) => value <= high && (isAbove ? value > low : value >= low);

  const explain = (field) => {
    if (readText(field) === "") return "";
    const bounds = boundsOf(field);
    let value;
    try { value = readNumber(readText(field)); } catch (mistake) { return mistake.message; }
    if (isWithin(value, bounds) && (!bounds.isWhole || Number.isInteger(value))) return "";
    const { low, high, isWhole, isAbove } = bounds;
    const kind = isWhole ? "a whole number" : "a number";
    const range = isAbove ? ` above ${write(low)}${high < Infinity ? ` and at most ${write(high)}` : ""}`
      : low > -Infinity && high < Infinity ? ` from ${write(low)} to ${write(high)}`
      : low > -Infinity ? ` of at least ${write(low)}` : high < Infinity ? ` of at most ${write(high)}` : "";
    return `This cannot be ${readText(field)}: enter ${kind}${range}.`;
  };

  /* ---- Sentences beside fields */

  const placeOf = (block) => block.closest(".gb-optimizer") || block;

  const say = (block, who, sentence) => {
    const place = placeOf(block);
    const said = told.get(block) || { own: "", python: "", node: null };
    if (!told.has(block) && !sentence) return;
    told.set(block, Object.assign(said, { [who]: sentence }));
    if (!said.node?.isConnected) {
      said.node = document.createElement("p");
      said.node.className = "gb-field-error";
      said.node.id = `gb-field-error-${count += 1}`;
      said.node.setAttribute("role", "status");
      if (place === block && !block.matches("button")) place.append(said.node);
      else place.after(said.node);
    }
    const words = said.own || said.python;
    if (said.node.textContent !== words) said.node.textContent = words;
    for (const field of block.querySelectorAll("input, textarea")) {
      field.setAttribute("aria-invalid", Boolean(words));
      if (words) field.setAttribute("aria-describedby", said.node.id);
      else field.removeAttribute("aria-describedby");
    }
  };

  const check = (field) => {
    const block = field.closest(".block:not(label)");
    const value = read(field);
    if (Number.isNaN(value)) field.removeAttribute("aria-valuenow");
    else field.setAttribute("aria-valuenow", value);
    const { low, high } = boundsOf(field);
    if (low > -Infinity) field.setAttribute("aria-valuemin", low);
    if (high < Infinity) field.setAttribute("aria-valuemax", high);
    if (!block || block.classList.contains("gb-component")) return;  // ours say themselves what is wrong
    say(block, "own", explain(field));
  };

  /* Says Python's errors, { field: sentence }, at the blocks with the class `prefix` and the field's name, and takes
     back those before. Returns the sentences for which no such block is in sight. */
  const tellErrors = (errors, prefix) => {
    const unsaid = { ...errors };
    for (const block of document.querySelectorAll(`[class*="${prefix}"]`)) {
      const name = [...block.classList].find((each) => each.startsWith(prefix)).slice(prefix.length);
      say(block, "python", errors[name] || "");
      if (name in unsaid && block.offsetParent) delete unsaid[name];
    }
    return Object.values(unsaid);
  };
  window.glassboxFields = { tellErrors };

  /* ---- Reading and stepping */

  const convert = (field) => {
    const { low, isWhole } = boundsOf(field);
    field.dataset.number = "";
    field.setAttribute("type", "text");
    field.setAttribute("role", "spinbutton");
    field.setAttribute("autocomplete", "off");
    field.inputMode = low < 0 ? "text" : isWhole ? "numeric" : "decimal";  // a telephone's digits have no minus
    // Who reads the field as one of a number goes on doing so, and gets the text of what is none.
    Object.defineProperty(field, "type", { configurable: true, get: () => (isReadable(field) ? "number" : "text") });
    Object.defineProperty(field, "value", {
      configurable: true,
      get: () => (isReadable(field) && readText(field) ? String(read(field)) : readText(field)),
      // What says the same stays as it was typed: Gradio sets what it has just read, once more where keys come fast.
      set: (value) => {
        if (String(value ?? "") !== field.value) content.set.call(field, value ?? "");
        check(field);
      },
    });
    check(field);
  };

  const convertAll = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    if (root.matches('input[type="number"]')) convert(root);
    root.querySelectorAll('input[type="number"]').forEach(convert);
  };

  /* The next of 1, 2, 5, 10, 20, …, or of 1, 2, 4, 8, …; 0 is below the least of them. */
  const stepByFactor = (value, way, digits) => {
    if (value <= 0) return way > 0 ? (digits ? LEAST : 1) : value;
    const power = digits ? Math.floor(Math.log10(value) + 1e-9) : 0;
    const steps = digits ? [-1, 0, 1].flatMap((by) => [1, 2, 5].map((digit) => Number(`${digit}e${power + by}`)))
      : [0, 1, 2].map((by) => 2 ** (Math.floor(Math.log2(value)) + by)).concat(2 ** (Math.ceil(Math.log2(value)) - 1));
    const near = value * 1e-9;
    return way > 0 ? Math.min(...steps.filter((step) => step > value + near))
      : Math.max(...steps.filter((step) => step < value - near));
  };

  const stepOnce = (value, way, bounds) => {
    if (bounds.byFactor || bounds.byDoubling) {
      const next = stepByFactor(value, way, bounds.byFactor);
      return bounds.byFactor && next < LEAST && way < 0 && isWithin(0, bounds) ? 0 : next;
    }
    const base = bounds.low > -Infinity ? bounds.low : 0;
    const places = (value - base) / bounds.step;
    const next = way > 0 ? Math.floor(places + 1e-9) + 1 : Math.ceil(places - 1e-9) - 1;
    return Number((base + next * bounds.step).toPrecision(12));
  };

  const stepWithKeys = (event) => {
    const field = event.target;
    const way = { ArrowUp: 1, ArrowDown: -1, PageUp: 1, PageDown: -1 }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey || field.dataset?.number === undefined) return;
    event.preventDefault();
    const bounds = boundsOf(field);
    const before = readText(field) === "" ? 0 : read(field);
    if (Number.isNaN(before) || field.disabled || field.readOnly) return;
    let value = before;
    for (let left = event.key.startsWith("Page") ? (bounds.byFactor ? 3 : bounds.byDoubling ? 1 : 10) : 1; left > 0; left -= 1) {
      value = stepOnce(value, way, bounds);
    }
    const { low, high, isAbove } = bounds;
    value = isAbove && value <= low ? before : Math.max(low, Math.min(high, value));
    if (value === before) return;
    content.set.call(field, String(value));
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(convertAll);
  }).observe(document.body, { childList: true, subtree: true });
  convertAll(document.body);
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.number !== undefined) check(target);
  }, { capture: true });
  document.addEventListener("keydown", stepWithKeys, { capture: true });
  /* Gradio's slider puts its number within the bounds when it is left: it stays as it was typed, and is said. */
  document.addEventListener("blur", (event) => {
    if (event.target.dataset?.number !== undefined && explain(event.target)) event.stopImmediatePropagation();
  }, { capture: true });
}
