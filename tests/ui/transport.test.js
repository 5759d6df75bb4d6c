import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { createTransport } from "../../app/ui/components/transport.js";
import { installClock } from "./stand_ins.js";

let clock;
let isStill; // whether the visitor wants no motion

// A control: what is written to it, and who listens.
function buildControl(more = {}) {
  const listeners = {};
  return {
    attributes: {},
    textContent: "",
    value: "",
    style: { setProperty() {} },
    addEventListener: (name, react) => {
      listeners[name] = react;
    },
    setAttribute(name, value) {
      this.attributes[name] = value;
    },
    fire: (name) => listeners[name](),
    ...more,
  };
}

function buildTransport(options) {
  const buttons = ["reset", "back", "play", "step"].map((move) => buildControl({ dataset: { move } }));
  const speed = buildControl({
    add(option) {
      if (option.isChosen) this.value = option.value;
    },
  });
  const scrubber = buildControl();
  const place = buildControl();
  const moves = [];
  const root = {
    isConnected: true,
    offsetParent: {},
    querySelectorAll: () => buttons,
    querySelector: (tag) => ({ select: speed, input: scrubber, output: place })[tag],
  };
  const transport = createTransport(root, (steps, position) => moves.push([steps, position]), options);
  const press = (key, more = {}) => {
    const event = {
      key,
      target: { tagName: "CANVAS" },
      isTaken: false,
      preventDefault() {
        this.isTaken = true;
      },
      ...more,
    };
    transport.onKey(event);
    return event.isTaken;
  };
  const [reset, back, play, step] = buttons;
  return {
    ...transport,
    press,
    root,
    moves,
    last: () => moves.at(-1),
    reset,
    back,
    play_: play,
    step,
    speed,
    scrubber,
    place,
  };
}

beforeEach(() => {
  isStill = false;
  globalThis.window = { matchMedia: () => ({ matches: isStill }) };
  globalThis.Option = class {
    constructor(_, value, __, isChosen) {
      Object.assign(this, { value: String(value), isChosen });
    }
  };
  clock = installClock();
});

test("A race of another kind is shown at its end, one of the same kind keeps its place", () => {
  const it = buildTransport();
  it.setLength(100, false);
  assert.deepEqual(it.last(), [100, 100]);
  it.moveTo(30);
  it.setLength(50, true);
  assert.deepEqual(it.last(), [30, 30]);
  it.setLength(20, true);
  assert.deepEqual(it.last(), [20, 20]);
  it.setLength(80, true);
  assert.deepEqual(it.last(), [80, 80], "the end is a place too");
  it.moveTo(10);
  it.setLength(60, false);
  assert.deepEqual(it.last(), [60, 60]);
});

test("At 1× it takes four steps a second, at 10× forty, and stops at the end", () => {
  const it = buildTransport({ firstSpeed: 1 });
  it.setLength(20, false);
  it.moveTo(0);
  it.play();
  clock.pass(1000);
  assert.ok(Math.abs(it.last()[1] - 4) < 1e-9, `${it.last()}`);
  assert.equal(it.last()[0], 4);
  it.speed.value = "10";
  clock.pass(300);
  assert.equal(it.last()[0], 16);
  assert.equal(it.play_.textContent, "Pause");
  clock.pass(300);
  assert.deepEqual(it.last(), [20, 20]);
  assert.equal(it.isPlaying(), false);
  assert.equal(it.play_.textContent, "Play");
  assert.ok(clock.isIdle(), "no frame is asked for when nothing moves");
});

test("However long the frames are, the same time takes the same steps", () => {
  for (const frameMs of [4, 16, 33, 100]) {
    const it = buildTransport({ firstSpeed: 2 });
    it.setLength(1000, false);
    it.moveTo(0);
    it.play();
    clock.pass(1000, frameMs);
    assert.ok(Math.abs(it.last()[1] - 8) < 1e-9, `${frameMs} ms a frame: ${it.last()}`);
  }
});

test("A page that was away goes on where it was", () => {
  const it = buildTransport({ firstSpeed: 1 });
  it.setLength(1000, false);
  it.moveTo(0);
  it.play();
  clock.pass(60_000, 60_000);
  assert.ok(it.last()[1] <= 0.4 + 1e-9, `${it.last()}`);
});

test("A press of Step glides one step, and two presses two", () => {
  const it = buildTransport();
  it.setLength(10, false);
  it.moveTo(3);
  it.step.fire("click");
  assert.deepEqual(it.last(), [4, 3], "the number is there at once, the picture follows");
  clock.pass(80, 8);
  assert.ok(it.last()[1] > 3.3 && it.last()[1] < 3.7, `${it.last()}`);
  it.step.fire("click");
  clock.pass(200);
  assert.deepEqual(it.last(), [5, 5]);
  it.back.fire("click");
  clock.pass(200);
  assert.deepEqual(it.last(), [4, 4]);
  assert.ok(clock.isIdle());
});

test("Where no motion is wanted, what is drawn goes from step to step", () => {
  isStill = true;
  const it = buildTransport({ firstSpeed: 1 });
  it.setLength(10, false);
  it.moveTo(0);
  it.step.fire("click");
  assert.deepEqual(it.last(), [1, 1]);
  it.moves.length = 0;
  it.play();
  clock.pass(1000);
  assert.ok(it.moves.every(([steps, position]) => steps === position));
  assert.equal(it.last()[0], 5);
});

test("Keys: arrows, with Shift a tenth, Home, End, R and Space", () => {
  const it = buildTransport();
  assert.equal(it.press("ArrowLeft"), false, "before the first race keys are the page's");
  it.setLength(200, false);
  it.press("ArrowLeft");
  assert.equal(it.last()[0], 199);
  it.press("ArrowLeft", { shiftKey: true });
  assert.equal(it.last()[0], 179);
  it.press("ArrowRight", { shiftKey: true });
  assert.equal(it.last()[0], 199);
  it.press("Home");
  assert.deepEqual(it.last(), [0, 0]);
  it.press("End");
  assert.deepEqual(it.last(), [200, 200]);
  it.press("R");
  assert.deepEqual(it.last(), [0, 0]);
  it.press(" ");
  assert.equal(it.isPlaying(), true);
  it.press("ArrowRight");
  assert.equal(it.isPlaying(), false, "who moves the cursor has it");
  assert.equal(it.press("x"), false);
  assert.equal(it.press("ArrowLeft", { ctrlKey: true }), false);
  assert.equal(it.press("ArrowLeft", { target: it.speed }), false);
  assert.equal(it.press(" ", { target: { tagName: "BUTTON" } }), false, "Space presses the button that has the focus");
});

test("It keeps within the race", () => {
  const it = buildTransport();
  it.setLength(3, false);
  it.step.fire("click");
  assert.deepEqual(it.last(), [3, 3]);
  it.moveTo(-5);
  assert.deepEqual(it.last(), [0, 0]);
  it.back.fire("click");
  assert.deepEqual(it.last(), [0, 0]);
  it.scrubber.value = "2";
  it.scrubber.fire("input");
  assert.deepEqual(it.last(), [2, 2]);
});

test("Play at the end begins anew, and pausing comes to rest on a step", () => {
  const it = buildTransport({ firstSpeed: 1 });
  it.setLength(10, false);
  it.play_.fire("click");
  assert.equal(it.last()[0], 0);
  clock.pass(900);
  it.play_.fire("click");
  clock.pass(400);
  assert.deepEqual(it.last(), [4, 4]);
});

test("One that loops begins again at its end, and waits while it is on a hidden tab", () => {
  const it = buildTransport({ firstSpeed: 1, loops: true });
  it.setLength(4, false);
  assert.deepEqual(it.last(), [0, 0]);
  it.play();
  clock.pass(1008);
  assert.ok(it.last()[1] < 0.1, `${it.last()}`);
  assert.equal(it.isPlaying(), true);
  it.root.offsetParent = null;
  const before = it.moves.length;
  clock.pass(500);
  assert.equal(it.moves.length, before);
  it.root.offsetParent = {};
  clock.pass(500);
  assert.ok(it.moves.length > before);
  it.pause();
  assert.equal(it.isPlaying(), false);
});

test("One that is gone from the page asks for no more frames", () => {
  const it = buildTransport({ firstSpeed: 1 });
  it.setLength(100, false);
  it.play();
  it.root.isConnected = false;
  clock.pass(100);
  assert.ok(clock.isIdle());
});

test("It says where it stands, to the eye and to a screen reader", () => {
  const it = buildTransport();
  it.setLength(2000, false);
  assert.equal(it.place.textContent, "step 2,000 of 2,000");
  assert.equal(it.scrubber.attributes["aria-valuetext"], "step 2000 of 2000");
  const other = buildTransport({ tell: (steps, numSteps) => `${numSteps - steps} left` });
  other.setLength(5, false);
  assert.equal(other.place.textContent, "0 left");
});
