// The cards of a report: their order, and how many there are.
import assert from "node:assert/strict";
import test from "node:test";
import {
  addCard,
  changeCard,
  MAX_CARDS,
  MAX_REPORT_BYTES,
  moveCard,
  removeCard,
} from "../../app/report/components/cards.js";

const makeCard = (title) => ({
  kind: "note",
  title,
  link: "",
  settings: [],
  seed: "",
  pictures: [],
  tables: [],
  text: "",
  comment: "",
});
const makeReport = (...titles) => ({ schema: 1, title: "", author: "", cards: titles.map(makeCard) });
const list = (report) => report.cards.map(({ title }) => title).join("");

test("cards are added at the end, moved by one place, and taken out", () => {
  const report = makeReport("a", "b", "c");
  assert.equal(list(addCard(report, makeCard("d"))), "abcd");
  assert.equal(list(moveCard(report, 2, -1)), "acb");
  assert.equal(list(moveCard(report, 0, 1)), "bac");
  assert.equal(list(moveCard(report, 0, -1)), "abc");
  assert.equal(list(moveCard(report, 2, 1)), "abc");
  assert.equal(list(removeCard(report, 1)), "ac");
  assert.equal(changeCard(report, 1, { comment: "mine" }).cards[1].comment, "mine");
  assert.equal(list(report), "abc", "what Undo brings back is as it was");
});

test("so many cards and bytes are taken and no more", () => {
  const full = makeReport(..."x".repeat(MAX_CARDS));
  assert.throws(() => addCard(full, makeCard("y")), /40 cards already/);
  const large = { ...makeCard("z"), text: "x".repeat(MAX_REPORT_BYTES) };
  assert.throws(() => addCard(makeReport(), large), /full/);
});
