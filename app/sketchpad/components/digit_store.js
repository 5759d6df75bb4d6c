// A visitor's digits in the browser's own storage: read, checked, changed. All windows of the browser share them.

const DIGITS_KEY = "glassbox-digits";
const DAMAGED_KEY = "glassbox-digits-damaged";  // what could not be read, before it is written over
const SCHEMA = "glassbox-digits-1";
const MAX_DIGITS = 500;
const MAX_STORED = 2 ** 20;    // letters
const MAX_STROKES = 500;
const MAX_POINTS = 5_000;      // of one drawing
const THIN_PX = 0.25;          // a point nearer to the line between its neighbours than this is left out

const SIDE = keptProps.side;   // of the pad, in its own pixels

const rounded = (value) => Math.round(value * 10) / 10;

// What somebody wrote instead of what was wanted, short.
function quote(value) {
  try {
    return String(JSON.stringify(value) ?? value).slice(0, 24);
  } catch {
    return "a list in lists without end";  // deeper than the browser can follow
  }
}

// ---- One drawing

// Return the points of a stroke without those that lie on the way between others (Ramer, Douglas and Peucker).
function thinStroke(points) {
  const isKept = new Uint8Array(points.length);
  const open = [[0, points.length - 1]];
  while (open.length) {
    const [first, last] = open.pop();
    isKept[first] = isKept[last] = 1;
    let farthest = -1;
    let most = THIN_PX;
    for (let i = first + 1; i < last; i += 1) {
      const distance = measureDistance(points[i], points[first], points[last]);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest > 0) open.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, i) => isKept[i]);
}

// From a point to the line between two others, its ends included.
function measureDistance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const share = length ? keepWithin(((x - x0) * dx + (y - y0) * dy) / length, 0, 1) : 0;
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}

// Check what claims to be a kept drawing. Returns { digit }, in pad pixels, or { error }, a sentence.
function checkDigit(entry) {
  if (typeof entry !== "object" || entry === null) return { error: "it is no drawing." };
  const { label, size, strokes, time } = entry;
  if (!Number.isInteger(label) || label < 0 || label > 9) {
    return { error: `its label is ${quote(label)}; it must be a whole number from 0 to 9.` };
  }
  if (!isNumber(size) || size < 1 || size > 10_000) {
    return { error: `its size is ${quote(size)}; it must be a number from 1 to 10,000.` };
  }
  if (time !== undefined && !(typeof time === "string" && Number.isFinite(Date.parse(time)))) {
    return { error: `its time is ${quote(time)}; it must be like ${quote("2026-01-31T12:00:00Z")}.` };
  }
  const { taken, error } = checkStrokes(strokes, size);
  if (error) return { error };
  const when = new Date(time === undefined ? Date.now() : time).toISOString();
  return { digit: { label, size: SIDE, time: when, strokes: taken } };
}

function checkStrokes(strokes, size) {
  if (!Array.isArray(strokes) || !strokes.length) return { error: "it has no strokes." };
  if (strokes.length > MAX_STROKES) return { error: `it has more than ${MAX_STROKES} strokes.` };
  if (!strokes.every((stroke) => Array.isArray(stroke) && stroke.length)) {
    return { error: "one of its strokes is no list of points." };
  }
  if (strokes.reduce((sum, stroke) => sum + stroke.length, 0) > MAX_POINTS) {
    return { error: `it has more than ${WHOLE.format(MAX_POINTS)} points.` };
  }
  const isPoint = (point) => Array.isArray(point) && point.length === 2
    && point.every((value) => isNumber(value) && value >= -size && value <= 2 * size);
  const wrong = strokes.flat().find((point) => !isPoint(point));
  if (wrong !== undefined) return { error: `it has the point ${quote(wrong)}; x and y must be from 0 to ${size}.` };
  const scale = SIDE / size;
  const place = (value) => keepWithin(rounded(value * scale), 0, SIDE);
  return { taken: strokes.map((stroke) => thinStroke(stroke.map((point) => point.map(place)))) };
}

function isSameDrawing(one, other) {
  return one.label === other.label && JSON.stringify(one.strokes) === JSON.stringify(other.strokes);
}

function newId() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
}

// ---- The list

// onChange(digits) is called whenever the list is another, here or in another window; oldest first.
function createDigitStore(host, onChange) {
  let digits = [];
  let stored = null;          // the text that `digits` was read from
  let isDamaged = false;      // some of that text could not be read
  let isBlocked = false;      // the browser stores nothing: the list lasts as long as the page

  function read() {
    if (isBlocked) return;
    let text;
    try {
      text = localStorage.getItem(DIGITS_KEY);
    } catch {
      isBlocked = true;
      return;
    }
    if (text === stored) return;
    stored = text;
    [digits, isDamaged] = text === null ? [[], false] : parseStored(text);
  }

  function parseStored(text) {
    let entries;
    try {
      entries = JSON.parse(text).digits;
    } catch {
      return [[], true];
    }
    if (!Array.isArray(entries)) return [[], true];
    const whole = [];
    for (const entry of entries.slice(0, MAX_DIGITS)) {
      const { digit } = checkDigit(entry);
      if (digit && typeof entry.id === "string") whole.push({ id: entry.id.slice(0, 40), ...digit });
    }
    return [whole, whole.length < entries.length];
  }

  // Make of the list, as all windows have it now, another one. Returns what is wrong; then nothing has changed.
  function change(makeNext) {
    read();
    const next = makeNext(digits);
    const isMore = next.length > digits.length;
    const text = JSON.stringify({ schema: SCHEMA, digits: next });
    if (isMore && next.length > MAX_DIGITS) {
      return `${MAX_DIGITS} drawings are kept at most. Export them, then delete those that you no longer need.`;
    }
    if (isMore && text.length > MAX_STORED) {
      return "Your digits take 1 MB, which is all that is kept. Export them, then delete some.";
    }
    const error = write(text);
    if (error) return error;
    digits = next;
    onChange(digits);
    return "";
  }

  function write(text) {
    if (isBlocked) return "";
    try {
      if (isDamaged) localStorage.setItem(DAMAGED_KEY, stored);
      localStorage.setItem(DIGITS_KEY, text);
    } catch {
      return "The browser\u2019s storage for this page is full, so nothing was changed. Export your digits, then delete some.";
    }
    stored = text;
    isDamaged = false;
    return "";
  }

  function onStorage(event) {
    if (!host.isConnected) return window.removeEventListener("storage", onStorage);
    if (event.key !== DIGITS_KEY && event.key !== null) return;
    read();
    onChange(digits);
  }

  read();
  window.addEventListener("storage", onStorage);
  return {
    list: () => digits,
    change,
    isBlocked: () => isBlocked,
    isDamaged: () => isDamaged,
  };
}

// ---- As a file

function writeExport(digits) {
  const lines = digits.map(({ label, size, time, strokes }) => JSON.stringify({ label, size, time, strokes }));
  const exported = new Date().toISOString();
  return `{"schema": "${SCHEMA}", "exported": "${exported}", "digits": [\n${lines.join(",\n")}\n]}\n`;
}

// Read a file's text. Returns { digits, known, errors } or { error }: the drawings to add, how many of those in the file
// are in `present` already, and for each entry that is wrong a sentence.
function readExport(text, present) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    return { error: "it is not JSON. Choose a file that Export has written." };
  }
  if (typeof file !== "object" || file === null || file.schema !== SCHEMA || !Array.isArray(file.digits)) {
    return { error: `it does not hold digits: its schema is ${quote(file?.schema)}, not ${quote(SCHEMA)}.` };
  }
  const digits = [];
  const errors = [];
  let known = 0;
  const seen = new Set(present.map((digit) => `${digit.label}${JSON.stringify(digit.strokes)}`));
  for (const [index, entry] of file.digits.entries()) {
    const { digit, error } = checkDigit(entry);
    const mark = digit && `${digit.label}${JSON.stringify(digit.strokes)}`;
    if (error) errors.push(`Entry ${index + 1}: ${error}`);
    else if (seen.has(mark)) known += 1;
    else if (present.length + digits.length >= MAX_DIGITS) {
      errors.push(`Entry ${index + 1} and those after it: ${MAX_DIGITS} drawings are kept at most.`);
      break;
    } else {
      seen.add(mark);
      digits.push({ id: newId(), ...digit });
    }
  }
  return { digits, known, errors };
}
