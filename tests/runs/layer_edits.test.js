// What a list of layers becomes by a button or a drag, which row is marked then, and what is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addLayer, dropLayer, editLayer } from "../../app/runs/building/components/edits.js";
import { readLayers } from "../../app/runs/building/components/layer_list.js";
import { writeWhere } from "../../app/runs/building/components/marks.js";
import { readMistake, readNetwork, writeValue } from "../../app/runs/building/components/value.js";

const plain = (kind) => ({ layer: kind });
const names = (layers) => layers.map(({ kind, body }) => (body ? `[${names(body)}]` : kind)).join(" ");
const LIST = () => readLayers([plain("A"), { layer: "Residual", body: [plain("B")] }, plain("C")]);
const kind = (name) => ({ name, group: "", summary: "", settings: [], fresh: plain(name) });

test("A layer is added behind the marked one and is marked itself, while there is room", () => {
  const layers = LIST();
  const added = addLayer(layers, layers[0].key, kind("D"), 5);
  assert.equal(names(added.layers), "A D [B] C");
  assert.deepEqual([added.marked, added.told], [added.layers[1].key, "D is layer 2."]);
  const full = addLayer(layers, null, kind("D"), 4);
  assert.deepEqual(full, { told: "A network has at most 4 layers." });
  const nested = addLayer(layers, layers[1].body[0].key, kind("Residual"), 9);
  assert.deepEqual(nested, { told: "A residual block holds layers, not another block." });
});

test("What is removed leaves its mark to the next row, the last one to the row before it", () => {
  const layers = LIST();
  const [first, block, last] = layers;
  assert.equal(editLayer(layers, first.key, "remove", 9).marked, block.key);
  assert.equal(editLayer(layers, last.key, "remove", 9).marked, block.body[0].key);
  assert.equal(editLayer(layers, block.key, "remove", 9).marked, last.key); // what came next went with it
  assert.equal(editLayer(layers.slice(0, 1), first.key, "remove", 9).marked, null);
  assert.equal(editLayer(layers, -1, "remove", 9), null);
});

test("What is doubled or moved is told with its place; what stays where it is is not", () => {
  const layers = LIST();
  const [first, block, last] = layers;
  assert.equal(editLayer(layers, block.key, "double", 6).told, "Residual is there twice, also as layer 3.");
  assert.deepEqual(editLayer(layers, block.key, "double", 5), { told: "A network has at most 5 layers." });
  assert.equal(editLayer(layers, first.key, "down", 9).told, "A is now layer 1.1.");
  assert.equal(editLayer(layers, last.key, "down", 9), null);
  assert.equal(dropLayer(layers, first.key, [1]), null);
  assert.equal(names(dropLayer(layers, first.key, [3]).layers), "[B] C A");
});

test("Where a layer is added is said", () => {
  const layers = [...LIST(), ...readLayers([{ layer: "Residual", body: [] }, plain("D")])];
  assert.equal(writeWhere(layers, null), "Add at the end");
  assert.equal(writeWhere(layers, layers[4].key), "Add at the end");
  assert.equal(writeWhere(layers, layers[1].body[0].key), "Add behind layer 2.1");
  assert.equal(writeWhere(layers, layers[3].key), "Add into block 4");
});

test("The value says the network, and what keeps it from being the one on the screen", () => {
  const network = { name: "Mine", layers: LIST() };
  const text = writeValue(network, "Not yet.");
  assert.equal(readMistake(text), "Not yet.");
  assert.equal(readMistake(writeValue(network, "")), "");
  assert.deepEqual(readNetwork(text, network), network); // with its rows
  for (const bad of ["", "[", "3", '{"layers": 3}']) assert.deepEqual(readNetwork(bad), { name: "", layers: [] });
  assert.equal(readMistake("["), "");
});
