// What is done with a list of layers, where the blocks of its picture stand, and what is undone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { layOutFlow } from "../../app/runs/building/components/flow_layout.js";
import {
  changeKind,
  countLayers,
  doubleLayer,
  findGap,
  findPlace,
  insertLayer,
  moveLayer,
  readLayer,
  readLayers,
  removeLayer,
  setSetting,
  stepLayer,
  writeLayers,
} from "../../app/runs/building/components/layer_list.js";
import { createUndo } from "../../app/ui/components/undo.js";

const plain = (kind) => ({ layer: kind });
const names = (layers) => layers.map(({ kind, body }) => (body ? `[${names(body)}]` : kind)).join(" ");
const LIST = () => readLayers([plain("A"), { layer: "Residual", body: [plain("B"), plain("C")] }, plain("D")]);
const number = (name, high, rest = {}) => ({
  name,
  type: "whole",
  default: 1,
  low: 0,
  high,
  is_optional: false,
  ...rest,
});
const CONV = {
  name: "Conv2d",
  settings: [number("kernel_size", 28), number("padding", 14)],
  fresh: { layer: "Conv2d" },
};
const POOL = { name: "MaxPool2d", settings: [number("kernel_size", 5)], fresh: { layer: "MaxPool2d" } };

test("a list is what was read, and every layer has a key of its own", () => {
  const given = [
    { layer: "Conv2d", padding: 2 },
    { layer: "Residual", body: [{ layer: "ReLU" }] },
  ];
  const layers = readLayers(given);
  assert.deepEqual(writeLayers(layers), given);
  assert.equal(countLayers(layers), 3);
  assert.equal(new Set([layers[0].key, layers[1].key, layers[1].body[0].key]).size, 3);
  assert.deepEqual(findPlace(layers, layers[1].body[0].key), [1, 0]);
  assert.equal(findPlace(layers, -1), null);
});

test("what is changed is a new list, and the old one stays", () => {
  const layers = LIST();
  assert.equal(names(insertLayer(layers, [1, 2], readLayer(plain("X")))), "A [B,C,X] D".replaceAll(",", " "));
  assert.equal(names(removeLayer(layers, [1, 0])), "A [C] D");
  const { layers: doubled, place } = doubleLayer(layers, [1]);
  assert.equal(names(doubled), "A [B C] [B C] D");
  assert.deepEqual(place, [2]);
  assert.notEqual(doubled[1].body[0].key, doubled[2].body[0].key);
  assert.equal(names(layers), "A [B C] D");
});

test("a layer goes step by step through a block and out of it, and back the same way", () => {
  const seen = [];
  let moved = { layers: LIST(), place: [0] };
  for (let step = 0; step < 5; step += 1) {
    moved = stepLayer(moved.layers, moved.place, 1);
    seen.push(names(moved.layers));
  }
  assert.deepEqual(seen, ["[A B C] D", "[B A C] D", "[B C A] D", "[B C] A D", "[B C] D A"]);
  assert.equal(stepLayer(moved.layers, moved.place, 1).layers, moved.layers); // at the end
  for (let step = 0; step < 5; step += 1) moved = stepLayer(moved.layers, moved.place, -1);
  assert.equal(names(moved.layers), "A [B C] D");
  assert.equal(names(stepLayer(LIST(), [1], 1).layers), "A D [B C]"); // a block as a whole
});

test("a layer is dropped into every gap, a block into no other", () => {
  const layers = LIST();
  const drop = (from, to) => names(moveLayer(layers, from, to).layers);
  assert.equal(drop([0], [3]), "[B C] D A");
  assert.equal(drop([0], [1, 1]), "[B A C] D");
  assert.equal(drop([3 - 1], [0]), "D A [B C]");
  assert.equal(drop([1, 0], [1, 2]), "A [C B] D");
  assert.equal(drop([1, 1], [0]), "C A [B] D");
  assert.equal(drop([0], [0]), "A [B C] D");
  assert.equal(drop([0], [1]), "A [B C] D");
  const two = doubleLayer(layers, [1]).layers;
  assert.equal(moveLayer(two, [1], [2, 0]).layers, two);
});

test("a layer is added behind the marked one, or into an empty block", () => {
  const layers = LIST();
  assert.deepEqual(findGap(layers, null), [3]);
  assert.deepEqual(findGap(layers, layers[0].key), [1]);
  assert.deepEqual(findGap(layers, layers[1].body[1].key), [1, 2]);
  const emptied = removeLayer(removeLayer(layers, [1, 0]), [1, 0]);
  assert.deepEqual(findGap(emptied, emptied[1].key), [1, 0]);
});

test("a setting at its default is left out; another kind keeps what it can", () => {
  const conv = setSetting(readLayer(plain("Conv2d")), "kernel_size", 7, CONV);
  assert.deepEqual(conv.settings, { kernel_size: 7 });
  assert.deepEqual(setSetting(conv, "kernel_size", 1, CONV).settings, {});
  assert.deepEqual(changeKind(conv, POOL).settings, {}); // 7 is more than it takes
  const small = changeKind(setSetting(conv, "kernel_size", 4, CONV), POOL);
  assert.deepEqual([small.kind, small.key, small.settings], ["MaxPool2d", conv.key, { kernel_size: 4 }]);
});

test("rows that stay as they were keep their keys when a list comes from outside", () => {
  const before = LIST();
  const given = writeLayers(before);
  const mended = readLayers([given[0], plain("Flatten"), ...given.slice(1)], before);
  assert.deepEqual([mended[0], mended[2], mended[3]], before);
  const set = readLayers([{ layer: "A", p: 3 }, given[1], given[2]], before);
  assert.equal(set[0].key, before[0].key);
});

test("changes are undone and done again, and letters of one number are one change", () => {
  const history = createUndo("a");
  history.push("ab", "field");
  history.push("abc", "field");
  history.push("x", "other");
  assert.ok(history.undo());
  assert.equal(history.read(), "abc");
  assert.ok(history.undo());
  assert.equal(history.read(), "a");
  assert.ok(!history.undo());
  assert.ok(history.redo());
  assert.equal(history.read(), "abc");
  history.push("new", "field"); // after a step back, no letter of the same number
  assert.ok(!history.canRedo());
  assert.ok(history.undo());
  assert.equal(history.read(), "abc");
  for (let step = 0; step < 1000; step += 1) history.push(`${step}`);
  let count = 0;
  while (history.undo()) count += 1;
  assert.equal(count, 199);
});

test("heights are the maps' sides and widths their channels, on one scale, within the width", () => {
  const outputs = [[8, 28, 28], [8, 28, 28], [16, 14, 14], [], [1568], [10]].map((sizes, index) => ({
    key: index + 1,
    sizes,
    isWrong: sizes.length === 0,
  }));
  const { blocks } = layOutFlow(outputs, 800, 100);
  assert.deepEqual(
    blocks.map(({ shape }) => shape),
    ["maps", "maps", "plate", "maps", "wrong", "features", "features"],
  );
  const [image, wide, plate, small, , many, few] = blocks;
  assert.equal(wide.height, image.height);
  assert.equal(plate.height, image.height);
  assert.ok(Math.abs(small.height - image.height / 2) < 1e-9);
  assert.ok(Math.abs(small.width - 2 * wide.width) < 1e-9);
  assert.ok(many.height > 100 * few.height || few.height === 2);
  for (const [index, block] of blocks.entries()) {
    if (index) assert.ok(block.x > blocks[index - 1].x);
    assert.ok(block.x + block.width + block.back <= 800 + 1e-6);
    assert.ok(block.y - block.back / 2 >= -1e-6 && block.y + block.height <= 100 + 14);
  }
});

test("forty wide layers have room on a phone", () => {
  const outputs = Array.from({ length: 40 }, (_, index) => ({
    key: index + 1,
    sizes: [512, 28 - (index % 20), 7],
    isWrong: false,
  }));
  const { blocks } = layOutFlow(outputs, 300, 100);
  assert.ok(blocks.every(({ x, width }) => Number.isFinite(x) && width > 0));
});
