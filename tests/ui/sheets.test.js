import assert from "node:assert/strict";
import test from "node:test";

import {
  arrange,
  CELL_SIDES,
  clamp,
  decode,
  fitSquare,
  isCells,
  MAP_SIDES,
  placeOf,
  unitAt,
} from "../../app/ui/components/sheets.js";
import { buildRandom } from "./stand_ins.js";

const random = buildRandom(7);
const pick = (low, high) => low + Math.floor(random() * (high - low + 1));

function pickShape() {
  const side = random() < 0.3 ? 1 : pick(1, 28);
  return { count: pick(1, 256), rows: side, columns: random() < 0.8 ? side : pick(1, 28) };
}

test("Every unit is found again where it is drawn", () => {
  for (let i = 0; i < 2000; i += 1) {
    const shape = pickShape();
    const isSquare = random() < 0.5;
    const sheet = isSquare
      ? fitSquare(shape, pick(100, 400))
      : arrange(shape, pick(200, 1300), isCells(shape) ? CELL_SIDES : MAP_SIDES, pick(60, 400), 4);
    const unit = { index: pick(0, shape.count - 1), row: pick(0, shape.rows - 1), column: pick(0, shape.columns - 1) };
    const [x, y] = placeOf(sheet, unit.index);
    assert.deepEqual(unitAt(sheet, x + (unit.column + 0.5) * sheet.cell, y + (unit.row + 0.5) * sheet.cell), unit);
  }
});

test("What lies beside all units is the nearest end", () => {
  const sheet = fitSquare({ count: 5, rows: 3, columns: 3 }, 120);
  assert.deepEqual(unitAt(sheet, -50, -50), { index: 0, row: 0, column: 0 });
  assert.deepEqual(unitAt(sheet, 500, 500), { index: 4, row: 2, column: 2 });
});

test("A square holds all slices, as large as they can be", () => {
  for (let i = 0; i < 500; i += 1) {
    const shape = pickShape();
    const side = pick(80, 400);
    const sheet = fitSquare(shape, side);
    for (const index of [0, shape.count - 1]) {
      const [x, y] = placeOf(sheet, index);
      assert.ok(x >= -1e-9 && x + shape.columns * sheet.cell <= side + 1e-6, JSON.stringify(sheet));
      assert.ok(y >= -1e-9 && y + shape.rows * sheet.cell <= side + 1e-6, JSON.stringify(sheet));
    }
    const isAnyLarger = Array.from({ length: shape.count }, (_, k) => k + 1).some((across) => {
      const down = Math.ceil(shape.count / across);
      const gap = isCells(shape) ? (shape.count > 150 ? 0 : 1) : 2;
      const cell = sheet.cell * 1.001;
      return (
        across * shape.columns * cell + (across - 1) * gap <= side &&
        down * shape.rows * cell + (down - 1) * gap <= side
      );
    });
    assert.ok(!isAnyLarger, JSON.stringify(sheet));
  }
});

test("Thumbnails are the largest with which the layer keeps to its height", () => {
  const shape = { count: 32, rows: 14, columns: 14 };
  const sheet = arrange(shape, 800, MAP_SIDES, 160, 4);
  assert.ok(sheet.height <= 160 && sheet.width <= 800);
  const larger = MAP_SIDES[MAP_SIDES.indexOf(sheet.cell * 14) - 1];
  const taller = arrange(shape, 800, [larger], Infinity, 4);
  assert.ok(taller.height > 160 || taller.width > 800);
});

test("Bytes come as text", () => {
  assert.deepEqual([...decode(btoa("\u0000\u0001\u00ff"))], [0, 1, 255]);
  assert.equal(clamp(-1, 5), 0);
  assert.equal(clamp(9, 5), 5);
});
