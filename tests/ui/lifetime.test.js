import assert from "node:assert/strict";
import test, { afterEach, beforeEach, mock } from "node:test";

import { waitUntilNear } from "../../app/ui/components/lifetime.js";

let observer;
let end;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  end = new AbortController();
  globalThis.IntersectionObserver = class {
    constructor(react) {
      Object.assign(this, { react, isOn: true });
      observer = this;
    }
    observe() {}
    disconnect() {
      this.isOn = false;
    }
  };
});

afterEach(() => mock.timers.reset());

const wait = (done) => {
  const whenNear = waitUntilNear({}, { signal: end.signal });
  return (name) => whenNear(() => done.push(name));
};

test("What is far waits, and of several acts the last counts", () => {
  const done = [];
  const whenNear = wait(done);
  whenNear("first");
  whenNear("second");
  observer.react([{ isIntersecting: false }]);
  assert.deepEqual(done, []);
  observer.react([{ isIntersecting: false }, { isIntersecting: true }]);
  assert.deepEqual(done, ["second"]);
  assert.ok(!observer.isOn);
  whenNear("third");
  assert.deepEqual(done, ["second", "third"]);
  mock.timers.tick(10_000);
  assert.deepEqual(done, ["second", "third"]);
});

test("It waits for a while at most, also where nothing was to be done", () => {
  const done = [];
  const whenNear = wait(done);
  mock.timers.tick(10_000);
  whenNear("later");
  assert.deepEqual(done, ["later"]);
});

test("What has left the page asks nothing more by itself", () => {
  const done = [];
  wait(done)("first");
  end.abort();
  mock.timers.tick(10_000);
  assert.deepEqual(done, []);
  assert.ok(!observer.isOn);
});
