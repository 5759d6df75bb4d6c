// What a page gives to scripts, as far as a test without a page needs it.

// Numbers from 0 to 1 that are the same at every call with this seed (mulberry32).
export function buildRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// A canvas's context that writes down its texts and clips; letters are six tenths of the font's size wide.
export function recordContext() {
  const context = {
    font: "",
    texts: [],
    clips: [],
    path: null,
    turns: 0,
    measureText: (text) => ({ width: 0.6 * Number.parseFloat(context.font) * text.length }),
    rect: (...box) => {
      context.path = box;
    },
    clip: () => context.clips.push(context.path),
    fillText: (text, x, y, width) =>
      context.texts.push({ text, x, y, width, align: context.textAlign, isTurned: context.turns > 0 }),
    rotate: () => {
      context.turns += 1;
    },
    restore: () => {
      context.turns = 0;
    },
  };
  // Whatever else is drawn leaves no trace.
  return new Proxy(context, { get: (target, name) => (name in target ? target[name] : () => {}) });
}

// A clock that stands until it is told to go on, and the frames that a page asks of it.
export function installClock() {
  let now = 0;
  let waiting = [];
  globalThis.requestAnimationFrame = (react) => waiting.push(react);
  globalThis.performance.now = () => now;
  return {
    // Let time pass, in frames of `frameMs`.
    pass(milliseconds, frameMs = 16) {
      for (let left = milliseconds; left > 0; left -= frameMs) {
        now += Math.min(frameMs, left);
        const due = waiting;
        waiting = [];
        for (const react of due) react(now);
      }
    },
    isIdle: () => waiting.length === 0,
  };
}
