import assert from "node:assert/strict";
import test from "node:test";

import { createAsker, readAnswer } from "../../app/ui/components/asking.js";

const settle = () => new Promise((done) => setImmediate(done));

test("One question is under way at most, and of those that come meanwhile only the latest is asked", async () => {
  const [asked, taken, answers] = [[], [], []];
  const ask = createAsker(
    (values) => {
      asked.push(values);
      return new Promise((done) => answers.push(done));
    },
    (answer) => taken.push(answer),
  );
  for (const values of ["a", "b", "c"]) ask(values);
  assert.deepEqual(asked, ["a"]);
  answers[0]("A");
  await settle();
  assert.deepEqual(asked, ["a", "c"]);
  answers[1]("C");
  await settle();
  assert.deepEqual(taken, ["A", "C"]);
  ask("d");
  assert.deepEqual(asked, ["a", "c", "d"]);
});

test("An answer that cannot be shown stops no later question", async () => {
  const taken = [];
  const ask = createAsker(
    async (values) => values,
    (answer) => {
      if (answer === "bad") throw new Error("cannot be shown");
      taken.push(answer);
    },
  );
  await assert.rejects(ask("bad"), /cannot be shown/);
  await ask("good");
  assert.deepEqual(taken, ["good"]);
});

test("A server that does not answer is a mistake with a remedy", () => {
  assert.deepEqual(readAnswer('{"a": 1}'), { a: 1 });
  assert.deepEqual(readAnswer(undefined), { error: "Glassbox does not answer. Is it still running?" });
});
