import assert from "node:assert/strict";
import test from "node:test";

import { createDrawing } from "../../app/sketchpad/components/drawing.js";
import { createQuestions } from "../../app/sketchpad/components/questions.js";

const settled = async () => {
  for (let i = 0; i < 10; i += 1) await null;
};

// A pad whose server answers when it is told to.
function begin({ mock }, { isResting = () => true } = {}) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const end = new AbortController();
  const sent = [];
  const shown = [];
  let networks = ["one"];
  const drawing = createDrawing(() => {});
  const questions = createQuestions(drawing, {
    send: (request) => new Promise((resolve, reject) => sent.push({ request, resolve, reject })),
    readNetworks: () => networks,
    isResting,
    onAnswer: (answer, asked, isLatest) => shown.push([answer, asked.version, isLatest]),
    signal: end.signal,
  });
  return {
    drawing,
    questions,
    sent,
    shown,
    end,
    choose: (chosen) => {
      networks = chosen;
    },
    answer: async (answer) => {
      sent.at(-1).resolve(answer);
      await settled();
    },
    pass: async (milliseconds) => {
      mock.timers.tick(milliseconds);
      await settled();
    },
  };
}

test("An empty pad asks nothing", async (t) => {
  const { questions, sent, pass } = begin(t);
  questions.askNow();
  questions.askSoon();
  await pass(1000);
  assert.equal(sent.length, 0);
});

test("One question is under way at most, and the newest drawing comes next", async (t) => {
  const { drawing, questions, sent, shown, answer } = begin(t);
  drawing.beginStroke([1, 1]);
  questions.askNow();
  for (let i = 2; i < 30; i += 1) {
    drawing.goOn([[i, i]]);
    questions.askNow();
    questions.askSoon();
  }
  assert.equal(sent.length, 1);
  await answer({ digit: 1 });
  assert.deepEqual(shown, [[{ digit: 1 }, 2, false]], "it is worth showing while someone draws");
  assert.equal(sent.length, 2);
  assert.equal(sent[1].request.drawing.strokes[0].length, 29);
  await answer({ digit: 7 });
  assert.deepEqual(shown[1], [{ digit: 7 }, 30, true]);
  assert.equal(sent.length, 2);
});

test("While a stroke is drawn there is a pause between an answer and the next question", async (t) => {
  const { drawing, questions, sent, answer, pass } = begin(t, { isResting: () => false });
  drawing.beginStroke([1, 1]);
  questions.askSoon();
  await pass(39);
  assert.equal(sent.length, 0);
  await pass(1);
  assert.equal(sent.length, 1);
  drawing.goOn([[9, 9]]);
  await answer({});
  await pass(39);
  assert.equal(sent.length, 1);
  questions.askNow();
  assert.equal(sent.length, 2, "the end of a stroke does not wait");
  await pass(1000);
  assert.equal(sent.length, 2);
});

test("An answer to a drawing that another has replaced is not shown", async (t) => {
  const { drawing, questions, sent, shown, answer } = begin(t);
  drawing.beginStroke([1, 1]);
  questions.askNow();
  drawing.showStrokes([[[5, 5]]]);
  await answer({ digit: 1 });
  assert.deepEqual(shown, []);
  assert.deepEqual(sent[1].request.drawing.strokes, [[[5, 5]]]);
  drawing.clear();
  await answer({ digit: 5 });
  assert.deepEqual([shown, sent.length], [[], 2]);
});

test("An answer of networks that are no longer chosen is not shown, and the new ones are asked", async (t) => {
  const { drawing, questions, sent, shown, choose, answer } = begin(t);
  drawing.beginStroke([1, 1]);
  questions.askNow();
  choose(["one", "two"]);
  await answer({ digit: 1 });
  assert.deepEqual(shown, []);
  assert.deepEqual(sent[1].request.checkpoints, ["one", "two"]);
});

test("Where the server does not answer it is said, and asked again two seconds later", async (t) => {
  const { drawing, questions, sent, shown, pass } = begin(t);
  drawing.beginStroke([1, 1]);
  questions.askNow();
  sent[0].reject(new Error("gone"));
  await settled();
  assert.deepEqual(shown, [[undefined, 2, true]]);
  await pass(2000);
  await pass(40);
  assert.equal(sent.length, 2);
});

test("A pad that is gone from the page asks no more and shows nothing", async (t) => {
  const { drawing, questions, sent, shown, end, answer, pass } = begin(t);
  drawing.beginStroke([1, 1]);
  questions.askNow();
  end.abort();
  await answer({ digit: 1 });
  assert.deepEqual(shown, []);
  drawing.goOn([[9, 9]]);
  await pass(5000);
  assert.equal(sent.length, 1);
});
