import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";

import { createWatch } from "../../app/runs/components/watching.js";

const NOW_AND_THEN_MS = 2000;
let streams; // every stream of news that was opened

class Stream {
  constructor(address) {
    this.address = address;
    this.isClosed = false;
    streams.push(this);
  }
  close() {
    this.isClosed = true;
  }
  tell(news) {
    this.onmessage({ data: JSON.stringify({ cards: [], gone: [], ...news }) });
  }
}

// Let every promise that is kept by now go on.
const settle = () => new Promise((done) => setImmediate(done));

async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  await settle();
}

// A page that watches runs. `it` is what a test changes meanwhile.
function build(more = {}) {
  const it = {
    isSeen: true,
    training: false,
    open: false,
    asked: [],
    taken: [],
    isMore: false,
    numUnreachable: 0,
    answer: async () => "{}",
    ...more,
  };
  const known = {
    focus: "a",
    needsView: false,
    isPaused: false,
    isAnyTraining: () => it.training,
    isAnyOpen: () => it.open,
    buildQuestion: () => ({ number: it.asked.length }),
    ...more.known,
  };
  const watching = createWatch(known, {
    look: (question) => {
      it.asked.push(question);
      return it.answer();
    },
    take: (answer, question, numBytes) => {
      it.taken.push({ answer, question, numBytes });
      const { isMore } = it;
      it.isMore = false;
      return isMore;
    },
    tellUnreachable: () => {
      it.numUnreachable += 1;
    },
    isSeen: () => it.isSeen,
  });
  return { it, known, watching };
}

beforeEach((context) => {
  streams = [];
  globalThis.EventSource = Stream;
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
});

test("Once all runs have ended, nothing is asked any more", async () => {
  const { it, watching } = build();
  watching.ask();
  await pass(0);
  await pass(100_000);
  assert.equal(it.asked.length, 1);
  assert.equal(streams.length, 0);
  assert.deepEqual(it.taken, [{ answer: {}, question: { number: 0 }, numBytes: 2 }]);
});

test("While a run waits in the queue, Python is asked now and then", async () => {
  const { it, watching } = build({ open: true });
  watching.ask();
  await pass(0);
  await pass(NOW_AND_THEN_MS - 1);
  assert.equal(it.asked.length, 1);
  await pass(1);
  await pass(NOW_AND_THEN_MS);
  assert.equal(it.asked.length, 3);
  assert.equal(streams.length, 0);
});

test("While a run trains, what is new comes by itself and nothing is asked", async () => {
  const { it, watching } = build({ open: true, training: true });
  watching.ask();
  await pass(0);
  assert.equal(streams.length, 1);
  assert.equal(streams[0].address, `glassbox/runs?question=${encodeURIComponent('{"number":1}')}`);
  for (let news = 0; news < 5; news += 1) {
    await pass(NOW_AND_THEN_MS - 1);
    streams[0].tell({ updates: { a: {} } });
  }
  assert.equal(it.asked.length, 1);
  assert.equal(it.taken.length, 6);
  assert.equal(streams[0].isClosed, false);
});

test("Where a proxy holds the news back, Python is asked all the same", async () => {
  const { it, watching } = build({ open: true, training: true });
  watching.ask();
  await pass(0);
  for (let time = 0; time < 5; time += 1) await pass(NOW_AND_THEN_MS);
  assert.equal(it.asked.length, 6);
  assert.deepEqual(
    streams.map(({ isClosed }) => isClosed),
    [true, true, true, true, true, false],
  );
});

test("A stream that breaks is closed, and Python is asked", async () => {
  const { it, watching } = build({ open: true, training: true });
  watching.ask();
  await pass(0);
  streams[0].onerror();
  assert.equal(streams[0].isClosed, true);
  await pass(NOW_AND_THEN_MS);
  assert.equal(it.asked.length, 2);
  assert.equal(streams.length, 2);
});

for (const news of [{ cards: [{}] }, { gone: ["b"] }, { view: {} }, { error: "no" }]) {
  test(`News that changes the question ends the stream: ${JSON.stringify(news)}`, async () => {
    const { it, watching } = build({ open: true, training: true });
    watching.ask();
    await pass(0);
    streams[0].tell(news);
    await pass(0);
    assert.equal(it.asked.length, 2);
    assert.equal(streams[0].isClosed, true);
    assert.equal(streams[1].isClosed, false);
  });
}

test("A curve that is full is asked for anew at once", async () => {
  const { it, known, watching } = build({ open: true, training: true });
  watching.ask();
  await pass(0);
  known.needsView = true;
  streams[0].tell({});
  assert.equal(it.asked.length, 2);
});

test("What an old stream still sends is not taken", async () => {
  const { it, watching } = build({ open: true, training: true });
  watching.ask();
  await pass(0);
  watching.ask();
  await pass(0);
  const before = it.taken.length;
  streams[0].tell({});
  assert.equal(it.taken.length, before);
});

test("A paused view listens to nothing and is asked about now and then", async () => {
  const { it, watching } = build({ open: true, training: true, known: { isPaused: true } });
  watching.ask();
  await pass(0);
  await pass(NOW_AND_THEN_MS);
  assert.equal(streams.length, 0);
  assert.equal(it.asked.length, 2);
});

test("One question is under way at most; what is wanted meanwhile is asked once it is answered", async () => {
  let answer;
  const { it, watching } = build({
    answer: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  for (let time = 0; time < 4; time += 1) watching.ask();
  assert.equal(it.asked.length, 1);
  answer("{}");
  await settle();
  assert.equal(it.asked.length, 2);
  answer("{}");
  await settle();
  await pass(10_000);
  assert.equal(it.asked.length, 2);
});

test("Where an answer leaves more to be asked, it is asked at once", async () => {
  const { it, watching } = build({ isMore: true });
  watching.ask();
  await pass(0);
  assert.equal(it.asked.length, 2);
});

for (const [name, answer] of [
  ["nothing", async () => undefined],
  [
    "a broken connection",
    async () => {
      throw Error("gone");
    },
  ],
]) {
  test(`A server that answers ${name} is asked again until it answers`, async () => {
    const { it, watching } = build({ answer });
    watching.ask();
    await pass(0);
    await pass(NOW_AND_THEN_MS);
    assert.equal(it.numUnreachable, 2);
    assert.equal(it.taken.length, 0);
    it.answer = async () => "{}";
    await pass(NOW_AND_THEN_MS);
    await pass(NOW_AND_THEN_MS);
    assert.equal(it.asked.length, 3);
    assert.equal(it.numUnreachable, 2);
  });
}

test("While nobody sees the runs nothing is asked, though they train", async () => {
  const { it, watching } = build({ open: true, training: true, isSeen: false });
  watching.ask();
  await pass(0);
  await pass(100_000);
  assert.equal(it.asked.length, 1);
  assert.equal(streams.length, 0);
  it.isSeen = true;
  watching.ask();
  await pass(0);
  watching.pause();
  await pass(100_000);
  assert.equal(it.asked.length, 2);
  assert.equal(streams[0].isClosed, true);
});

test("Before a run is chosen nothing is asked", async () => {
  const { it, watching } = build({ known: { focus: "" } });
  watching.ask();
  await pass(0);
  assert.equal(it.asked.length, 0);
});

test("Once it has ended, no timer, stream or late answer goes on", async () => {
  let answer;
  const { it, watching } = build({ open: true, training: true });
  watching.ask();
  await pass(0);
  it.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  watching.ask();
  watching.end();
  answer("{}");
  await settle();
  await pass(100_000);
  watching.ask();
  await pass(0);
  assert.equal(it.asked.length, 2);
  assert.equal(it.taken.length, 1);
  assert.ok(streams.every(({ isClosed }) => isClosed));
});
