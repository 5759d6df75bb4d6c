import assert from "node:assert/strict";
import test from "node:test";

import { planGraph } from "../../../app/descent/plane/components/graph_plan.js";
import { chartLosses } from "../../../app/descent/plane/components/losses.js";

const moment = (epoch, training, testing) => ({ epoch, losses: [training, testing] });

test("The chart marks where the loss on testing is lowest, and says what early stopping would keep", () => {
  const chart = chartLosses([[moment(0, 0.7, 0.8), moment(5, 0.3, 0.4), moment(20, 0.1, 0.6)]], 20, true);
  assert.deepEqual(
    chart.series.map(({ name, points }) => [name, points]),
    [
      [
        "training",
        [
          [0, 0.7],
          [5, 0.3],
          [20, 0.1],
        ],
      ],
      [
        "testing",
        [
          [0, 0.8],
          [5, 0.4],
          [20, 0.6],
        ],
      ],
      ["lowest on testing", [[5, 0.4]]],
    ],
  );
  assert.match(chart.note, /would keep epoch 5,/);
  assert.equal(chart.log_y, false);
  assert.deepEqual(chart.x_range, [0, 20]);
});

test("While it trains nothing is said of stopping, and a loss that is not finite leaves a gap", () => {
  const chart = chartLosses(
    [
      [moment(0, 0.7, null), moment(1, null, null)],
      [moment(0, 90, null), moment(1, 100, null)],
    ],
    9,
    false,
  );
  assert.deepEqual(
    chart.series.map(({ name, points }) => [name, points]),
    [
      ["A, training", [[0, 0.7]]],
      [
        "B, training",
        [
          [0, 90],
          [1, 100],
        ],
      ],
    ],
  );
  assert.equal(chart.note, "");
  assert.equal(chart.log_y, true);
});

test("Units stand within the graph and apart from each other, whatever the network", () => {
  for (const [width, height] of [
    [900, 444],
    [420, 204],
    [648, 430],
  ]) {
    for (const sizes of [
      [1, 1],
      [2, 8, 8, 1],
      [7, 8, 8, 8, 8, 8, 8, 4],
      [2, 1, 4],
    ]) {
      const { size, top, columns } = planGraph(sizes, width, height);
      assert.deepEqual(
        columns.map((units) => units.length),
        sizes,
      );
      for (const { x, y } of columns.flat()) {
        assert.ok(x >= 40 + size / 2 - 1e-9 && x <= width - size / 2, `${sizes}: x ${x} of ${width}`);
        assert.ok(y >= top + size / 2 - 1e-9 && y <= height - size / 2, `${sizes}: y ${y} of ${height}`);
      }
      for (const units of columns)
        units.slice(1).forEach((unit, at) => assert.ok(unit.y - units[at].y > size, `${sizes}`));
      columns.slice(1).forEach((units, at) => assert.ok(units[0].x - columns[at][0].x > size, `${sizes}`));
    }
  }
});
