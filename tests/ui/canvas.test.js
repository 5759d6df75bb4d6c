import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";

import { fitCanvas, readColors, redrawOnChange, redrawWhenNear } from "../../app/ui/components/canvas.js";
import { installClock } from "./stand_ins.js";

let clock;
let seen; // what is observed, with what it calls
let paper;

beforeEach(() => {
  clock = installClock();
  seen = [];
  paper = new EventTarget();
  globalThis.window = Object.assign(new EventTarget(), { devicePixelRatio: 2, matchMedia: () => paper });
  globalThis.document = { documentElement: {}, body: {} };
  for (const kind of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
    globalThis[kind] = class {
      constructor(react) {
        Object.assign(this, { react, kind, isOn: true });
        seen.push(this);
      }
      observe() {}
      disconnect() {
        this.isOn = false;
      }
    };
  }
});

const find = (kind) => seen.find((observer) => observer.kind === kind);

test("A canvas has the screen's pixels, and its context counts in those of CSS", () => {
  const context = { setTransform: mock.fn() };
  const canvas = { width: 0, height: 0, getContext: () => context };
  fitCanvas(canvas, 100.4, 50);
  assert.deepEqual([canvas.width, canvas.height], [201, 100]);
  assert.deepEqual(context.setTransform.mock.calls[0].arguments, [2, 0, 0, 2, 0, 0]);
  // Writing a canvas's width clears it, even where it stays.
  let writes = 0;
  const kept = {
    getContext: () => context,
    get width() {
      return 201;
    },
    set width(_) {
      writes += 1;
    },
    height: 100,
  };
  fitCanvas(kept, 100.4, 50);
  assert.equal(writes, 0);
  fitCanvas(canvas, 0, 0);
  assert.deepEqual([canvas.width, canvas.height], [1, 1], "a canvas of no pixels cannot be drawn upon");
});

test("Colours are the theme's, and one that is missing is grey", () => {
  globalThis.getComputedStyle = () => ({ getPropertyValue: (name) => (name === "--a" ? " #123456" : "") });
  assert.deepEqual(readColors({}, { one: "--a", other: "--b" }), { one: "#123456", other: "#888888" });
});

test("However much changes within a frame, it is drawn once", () => {
  const redraw = mock.fn();
  redrawOnChange({ isConnected: true }, redraw);
  find("MutationObserver").react();
  find("ResizeObserver").react();
  window.dispatchEvent(new Event("resize"));
  assert.equal(redraw.mock.callCount(), 0);
  clock.pass(16);
  assert.equal(redraw.mock.callCount(), 1);
  window.dispatchEvent(new Event("resize"));
  clock.pass(16);
  assert.equal(redraw.mock.callCount(), 2);
});

test("For paper it is drawn at once, whichever way the browser says so", () => {
  const redraw = mock.fn();
  redrawOnChange({ isConnected: true }, redraw);
  window.dispatchEvent(new Event("beforeprint"));
  paper.dispatchEvent(new Event("change"));
  assert.deepEqual(
    redraw.mock.calls.map((call) => call.arguments),
    [[{ isPrinted: true }], [{ isPrinted: true }]],
  );
});

test("One that is gone from the page is let go", () => {
  const host = { isConnected: false };
  const redraw = mock.fn();
  redrawOnChange(host, redraw);
  window.dispatchEvent(new Event("beforeprint"));
  window.dispatchEvent(new Event("resize"));
  clock.pass(16);
  host.isConnected = true;
  window.dispatchEvent(new Event("resize"));
  clock.pass(16);
  assert.equal(redraw.mock.callCount(), 0);
  assert.ok(!find("MutationObserver").isOn && !find("ResizeObserver").isOn);
});

test("What is far from the screen waits until it comes near, is printed, or has not changed for a while", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const redraw = mock.fn();
  redrawWhenNear({ isConnected: true }, redraw);
  const change = () => {
    window.dispatchEvent(new Event("resize"));
    clock.pass(16);
  };
  change();
  assert.equal(redraw.mock.callCount(), 1, "until the browser says otherwise it is near");
  find("IntersectionObserver").react([{ isIntersecting: false }]);
  change();
  mock.timers.tick(399);
  change();
  mock.timers.tick(399);
  assert.equal(redraw.mock.callCount(), 1);
  mock.timers.tick(1);
  assert.equal(redraw.mock.callCount(), 2);
  change();
  find("IntersectionObserver").react([{ isIntersecting: true }]);
  clock.pass(16);
  assert.equal(redraw.mock.callCount(), 3);
  mock.timers.tick(1000);
  assert.equal(redraw.mock.callCount(), 3, "what has been drawn is not drawn again");
  find("IntersectionObserver").react([{ isIntersecting: false }]);
  change();
  window.dispatchEvent(new Event("beforeprint"));
  assert.equal(redraw.mock.callCount(), 4);
  mock.timers.reset();
});
