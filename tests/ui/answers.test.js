import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { createChannel, tellErrors } from "../../app/ui/components/answers.js";

beforeEach(() => {
  globalThis.window = {};
  globalThis.document = new EventTarget();
});

test("Whoever listens hears every answer, and the last one that came before", () => {
  const [early, late, other] = [[], [], []];
  const channel = createChannel("first");
  channel.listen({ isConnected: true }, (answer) => early.push(answer.status));
  createChannel("second").listen({ isConnected: true }, (answer) => other.push(answer.status));
  channel.broadcast({ status: "one" });
  createChannel("first").listen({ isConnected: true }, (answer) => late.push(answer.status));
  channel.broadcast({ status: "two" });
  assert.deepEqual([early, late, other], [["one", "two"], ["one", "two"], []]);
});

test("One that is gone from the page is let go", () => {
  const host = { isConnected: true };
  const heard = [];
  const channel = createChannel("first");
  channel.listen(host, (answer) => heard.push(answer.status));
  host.isConnected = false;
  channel.broadcast({ status: "one" });
  host.isConnected = true;
  channel.broadcast({ status: "two" });
  assert.deepEqual(heard, []);
});

test("What was moved by hand travels with every message, until an answer says otherwise", () => {
  const { page, broadcast, withMoved } = createChannel();
  broadcast({ moved: { lr_1: 0.1, start_a: 2 } });
  assert.deepEqual(withMoved({ iteration: 3 }), { iteration: 3, moved: { lr_1: 0.1, start_a: 2 } });
  broadcast({ moved: { lr_1: null } });
  assert.deepEqual(page.moved, { start_a: 2 });
  const message = withMoved({});
  page.moved.start_a = 5;
  assert.deepEqual(message.moved, { start_a: 2 }, "a message that was sent stays as it was");
  assert.equal(window.glassboxDescent, page);
});

test("Errors are said at their fields, and where there is none in sight with the answer", () => {
  assert.deepEqual(tellErrors({ status: "fine" }, "field-"), { status: "fine" });
  const answer = { error: "One.", errors: { a: "Two.", b: "Three." } };
  assert.equal(tellErrors(answer, "field-").error, "One. Two. Three.");
  window.glassboxFields = { tellErrors: (errors, prefix) => [`${prefix}${Object.keys(errors)}`] };
  assert.equal(tellErrors({ error: "", errors: { a: "Two." } }, "field-").error, "field-a");
});
