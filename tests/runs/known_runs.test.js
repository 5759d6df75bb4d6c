import assert from "node:assert/strict";
import test from "node:test";

import { createKnownRuns, MAX_ASKED } from "../../app/runs/components/known_runs.js";
import { createSharedList } from "../../app/runs/components/shared_list.js";

const card = (id, status = "done", more = {}) => ({ id, status, offset: 0, mark: "", ...more });
const answer = (more) => ({ cards: [], updates: {}, gone: [], ...more });

// What is known of runs with these ids, oldest first; the last one is chosen.
function build(...ids) {
  const list = createSharedList({}); // a browser that stores nothing
  list.set(ids);
  const known = createKnownRuns(list);
  known.choose(ids.at(-1) ?? "example");
  return { list, known, tell: (more, question = known.buildQuestion()) => known.take(answer(more), question) };
}

test("The latest run stands first, the example last", () => {
  const { known, tell } = build("a", "b");
  assert.deepEqual(known.listed(), ["b", "a", "example"]);
  tell({ cards: [card("example"), card("a"), card("b")] });
  assert.deepEqual(
    known.listCards().map(({ id }) => id),
    ["b", "a", "example"],
  );
});

test("Of an unknown run all is asked, of one that goes on what is new, of one that has ended nothing", () => {
  const { known, tell } = build("a", "b", "c", "d", "e");
  assert.deepEqual(known.buildQuestion(), {
    runs: { e: null, d: null, c: null, b: null, a: null, example: null },
    focus: "e",
    view: true,
  });
  tell({
    cards: [
      card("a"),
      card("b", "running", { offset: 70, mark: "m" }),
      card("c", "interrupted"),
      card("example"),
      card("d", "damaged", { is_live: true, offset: 9, mark: "n" }),
    ],
  });
  assert.deepEqual(known.buildQuestion().runs, { e: null, d: [9, "n"], c: [0, ""], b: [70, "m"] });
  tell({ updates: { b: { offset: 99, mark: "o" }, unheard: { offset: 1 } } });
  assert.deepEqual(known.buildQuestion().runs.b, [99, "o"]);
  assert.equal(known.find("unheard"), undefined);
});

test("A list as long as a visitor may have is asked about in pieces, until nothing is unknown", () => {
  const ids = Array.from({ length: 1000 }, (_, number) => `run ${number}`);
  const { known, tell } = build(...ids);
  let numQuestions = 0;
  for (let isMore = true; isMore; numQuestions += 1) {
    const asked = Object.keys(known.buildQuestion().runs);
    assert.ok(asked.length <= MAX_ASKED);
    if (!numQuestions) assert.equal(asked[0], "run 999", "the chosen run comes first");
    isMore = tell({ cards: asked.map((id) => card(id)) }).isMore;
  }
  assert.equal(known.listCards().length, 1001);
  assert.equal(numQuestions, 6);
});

test("Where no answer makes more known, the asking ends", () => {
  const { tell } = build("a", "b");
  assert.equal(tell({ cards: [card("b")] }).isMore, true);
  assert.equal(tell({}).isMore, false);
});

test("A run that is gone leaves the list; where it was the chosen one the latest takes its place", () => {
  const { known, list, tell } = build("a", "b", "c");
  tell({ cards: ["a", "b", "c", "example"].map((id) => card(id)) });
  known.setNeedsView(false);
  assert.deepEqual(tell({ gone: ["a"] }), { movesCurves: true, isMore: false });
  assert.deepEqual(list.read(), ["b", "c"]);
  assert.equal(known.focus, "c");
  assert.equal(known.needsView, false);
  const { movesCurves, isMore } = tell({ gone: ["c"] });
  assert.equal(known.focus, "b");
  assert.equal(known.needsView, true);
  assert.deepEqual([movesCurves, isMore], [false, true], "what came is of the run that is gone");
  tell({ gone: ["b"] });
  assert.equal(known.focus, "example");
  tell({ gone: ["example"] });
  assert.equal(known.focus, "example");
});

test("Only an answer about the run that is still chosen moves the curves", () => {
  const { known, tell } = build("a", "b");
  const asked = known.buildQuestion();
  known.choose("a");
  const cards = [card("a"), card("b"), card("example")];
  assert.equal(tell({ cards }, asked).movesCurves, false);
  assert.equal(known.find("b").status, "done", "how that one stands is known all the same");
  assert.equal(tell({}).movesCurves, true);
});

test("A paused view stands still, and goes on with the whole curve", () => {
  const { known, tell } = build("a");
  tell({ cards: [card("a", "running"), card("example")] });
  known.setNeedsView(false);
  const before = known.buildQuestion();
  known.setPaused(true);
  assert.equal(tell({}, before).movesCurves, false, "what was asked before the pause moves nothing");
  assert.deepEqual(known.buildQuestion(), { runs: { a: [0, ""] }, focus: "", view: false });
  known.setPaused(false);
  assert.deepEqual(known.buildQuestion(), { runs: { a: [0, ""] }, focus: "a", view: true });
  known.setPaused(true);
  known.choose("example");
  assert.equal(known.isPaused, false, "another run moves");
  known.choose("example");
  assert.equal(known.needsView, true);
});

test("What is known of a run stays until it is told anew", () => {
  const { known, tell } = build("a");
  tell({ cards: [card("a", "done", { name: "old" }), card("example")] });
  known.outdate("a");
  known.outdate("unheard");
  assert.equal(known.find("a").name, "old");
  assert.equal(known.buildQuestion().runs.a, null);
  tell({ cards: [card("a", "done", { name: "new" })] });
  assert.equal(known.find("a").name, "new");
  assert.equal("a" in known.buildQuestion().runs, false);
});

test("Whether any run is open or trains; runs off the list do not count", () => {
  const { known, list, tell } = build("a", "b");
  tell({ cards: [card("a", "waiting"), card("b", "running"), card("example")] });
  assert.deepEqual([known.isAnyOpen(), known.isAnyTraining()], [true, true]);
  tell({ updates: { b: { status: "done" } } });
  assert.deepEqual([known.isAnyOpen(), known.isAnyTraining()], [true, false]);
  tell({ updates: { a: { status: "interrupted" } } });
  assert.equal(known.isAnyOpen(), true, "another window may resume it");
  list.remove(["a"]);
  assert.equal(known.isAnyOpen(), false);
});

test("Runs are sorted by when they began", () => {
  const { known, tell } = build("a", "b", "c");
  tell({
    cards: [card("a", "done", { created: 1 }), card("b", "done", { created: 3 }), card("c", "done", { created: 2 })],
  });
  assert.deepEqual(known.sortByAge(["c", "b", "a"]), ["a", "c", "b"]);
});
