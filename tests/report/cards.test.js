// The cards of a report: their order, and how much they may hold.
import assert from "node:assert/strict";
import test from "node:test";
import {
  addCard,
  describeSize,
  giveKeys,
  MAX_ALL_WORDS,
  MAX_CARDS,
  MAX_REPORT_BYTES,
  moveCard,
  removeCard,
  writeComment,
} from "../../app/report/components/cards.js";
import { MAX_QUOTES, packReport } from "../../app/report/components/packed_report.js";

const makeCard = (title, comment = "") => ({
  kind: "note",
  title,
  link: "",
  settings: [],
  seed: "",
  pictures: [],
  tables: [],
  text: "",
  comment,
});
const makeReport = (...titles) => ({
  schema: 1,
  title: "",
  author: "",
  cards: titles.map((title) => ({ ...makeCard(title), key: title })),
});
const list = (report) => report.cards.map(({ title }) => title).join("");

test("cards are added, moved by one place, and taken out, wherever they stand by then", () => {
  const report = makeReport("a", "b", "c");
  assert.equal(list(addCard(report, makeCard("d"))), "abcd");
  assert.equal(list(addCard(report, makeCard("d"), 1)), "adbc");
  assert.equal(list(addCard(report, makeCard("d"), 9)), "abcd");
  assert.equal(list(moveCard(report, "c", -1)), "acb");
  assert.equal(list(moveCard(report, "a", 1)), "bac");
  assert.equal(list(moveCard(moveCard(report, "a", 1), "a", 1)), "bca");
  assert.equal(list(moveCard(report, "a", -1)), "abc");
  assert.equal(list(moveCard(report, "c", 1)), "abc");
  assert.equal(list(removeCard(report, "b")), "ac");
  assert.equal(writeComment(report, "b", "mine").cards[1].comment, "mine");
  assert.equal(list(report), "abc", "what Undo brings back is as it was");
});

test("what is done to a card that has gone changes nothing", () => {
  const report = makeReport("a", "b");
  for (const changed of [removeCard(report, "c"), moveCard(report, "c", 1)]) assert.deepEqual(changed, report);
  assert.throws(() => writeComment(report, "c", "mine"), /not kept/);
});

test("each card has a key of its own, and keeps it", () => {
  const report = {
    ...makeReport(),
    cards: [{ ...makeCard("a"), key: "1" }, { ...makeCard("b"), key: "1" }, makeCard("c")],
  };
  const { cards } = giveKeys(report);
  assert.equal(cards[0].key, "1");
  assert.equal(new Set(cards.map(({ key }) => key)).size, 3);
  assert.deepEqual(giveKeys({ ...report, cards }).cards, cards);
});

test("so many cards and bytes are taken and no more", () => {
  const full = makeReport(..."x".repeat(MAX_CARDS));
  assert.throws(() => addCard(full, makeCard("y")), /40 cards already/);
  const large = { ...makeCard("z"), text: "漢".repeat(MAX_REPORT_BYTES / 3) };
  assert.throws(() => addCard(makeReport(), large), /would have 3.15 MB, and at most 3.15 MB .*take a card out/);
});

test("words are measured too, and shorter ones taken of a report that was too large", () => {
  const report = makeReport("a", "b");
  const full = writeComment(report, "a", "x".repeat(MAX_ALL_WORDS));
  assert.throws(() => writeComment(full, "b", "y"), /50,000/);
  const above = { ...full, cards: full.cards.map((card) => ({ ...card, comment: `${card.comment}yy` })) };
  assert.equal(writeComment(above, "b", "y").cards[1].comment, "y");
  const bytes = { ...report, title: "x".repeat(MAX_REPORT_BYTES) };
  assert.throws(() => writeComment(bytes, "b", "y"), /would have 3.15 MB/);
});

test("what no request can hold is told when it is added, with its number", () => {
  const quoting = { ...makeCard("q"), text: '"'.repeat(MAX_QUOTES) };
  assert.throws(() => addCard(makeReport(), quoting), /would have 49,9\d\d quotation marks, and at most 49,900 can/);
  const before = { ...makeReport(), cards: [{ ...quoting, key: "q" }] };
  assert.equal(writeComment(before, "q", "shorter ones are kept").cards[0].comment, "shorter ones are kept");
});

test("a report says how full it is", () => {
  assert.equal(describeSize(makeReport("a", "b")), "2 of 40 cards, 0.00 MB of 3.15 MB.");
});

test("a table is sent as one text, and what is none as it is", () => {
  const pack = (tables) => packReport({ cards: [{ tables }] }).cards[0].tables;
  assert.deepEqual(
    pack([
      {
        columns: ["a", "b"],
        rows: [
          ["1", "x\ty\n"],
          ["", ""],
        ],
      },
    ]),
    ["a\tb\n1\tx y \n\t\n"],
  );
  assert.deepEqual(pack([{ columns: ["a"], rows: [] }]), ["a\n"]);
  for (const none of [
    null,
    1,
    {},
    { columns: [], rows: [] },
    { columns: ["a"], rows: [[1]] },
    { columns: ["a"], rows: 1 },
  ])
    assert.deepEqual(pack([none]), [none]);
  for (const none of [null, 1, {}, { cards: 1 }]) assert.deepEqual(packReport(none), none);
  assert.deepEqual(packReport({ cards: [null, {}] }), { cards: [null, {}] });
});
