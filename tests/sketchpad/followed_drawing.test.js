import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { followDrawing } from "../../app/sketchpad/components/followed_drawing.js";

const settled = async () => {
  for (let i = 0; i < 10; i += 1) await null;
};
let host;

beforeEach(() => {
  globalThis.ResizeObserver = class {
    observe() {}
    disconnect() {}
  };
  globalThis.document = new EventTarget();
  globalThis.window = {};
  const attributes = {};
  host = {
    isConnected: true,
    offsetParent: {},
    attributes,
    setAttribute: (name, value) => {
      attributes[name] = value;
    },
  };
});

function broadcast(x, checkpoint = "net", brush = 18) {
  window.glassboxDrawing = { drawing: { strokes: [[[x, 0]]] }, checkpoint, brush, answer: { digit: x } };
  document.dispatchEvent(new CustomEvent("glassbox-drawing"));
}

test("A section hears of each drawing once, also when its network or its pen is another", () => {
  const heard = [];
  const followed = followDrawing(host, ({ drawing, checkpoint, brush }) =>
    heard.push([drawing.strokes[0]?.[0][0], checkpoint, brush]),
  );
  followed.take();
  assert.deepEqual(heard, [[undefined, "", null]], "an empty pad, before anything was broadcast");
  for (const given of [[1], [1], [2], [2, "other"], [2, "other", 10], [2, "other", 10]]) broadcast(...given);
  assert.deepEqual(heard.slice(1), [
    [1, "net", 18],
    [2, "net", 18],
    [2, "other", 18],
    [2, "other", 10],
  ]);
  assert.equal(followed.serial(), 5);
  assert.equal(host.attributes["aria-busy"], "true");
});

test("A closed section asks nothing, and about the last drawing once it is opened", () => {
  const heard = [];
  const followed = followDrawing(host, ({ drawing }) => heard.push(drawing.strokes[0][0][0]));
  host.offsetParent = null;
  broadcast(1);
  broadcast(2);
  followed.askIfSeen();
  assert.deepEqual(heard, []);
  host.offsetParent = {};
  followed.askIfSeen();
  followed.askIfSeen();
  assert.deepEqual(heard, [2]);
});

test("An answer to an earlier drawing is let go", async () => {
  const sent = [];
  const shown = [];
  const followed = followDrawing(host, () => ask({ digit: null }));
  const ask = followed.createQuestion(
    (request) =>
      new Promise((resolve) => sent.push({ request, answer: (answer) => resolve(answer && JSON.stringify(answer)) })),
    (answer, asked) => shown.push([answer, asked.digit]),
  );
  broadcast(1);
  broadcast(2);
  assert.equal(sent.length, 1, "one question is under way at most");
  sent[0].answer({ of: 1 });
  await settled();
  assert.deepEqual(shown, []);
  assert.deepEqual(sent[1].request.drawing, { strokes: [[[2, 0]]] });
  sent[1].answer({ of: 2 });
  await settled();
  assert.deepEqual(shown, [[{ of: 2 }, null]]);
  ask({ digit: 7 });
  sent[2].answer(undefined);
  await settled();
  assert.deepEqual(shown[1], [{ error: "Glassbox does not answer. Is it still running?" }, 7]);
});

test("One that is gone from the page hears nothing", () => {
  const followed = followDrawing(host, () => assert.fail());
  host.isConnected = false;
  broadcast(1);
  assert.equal(followed.serial(), 0);
});
