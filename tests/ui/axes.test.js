import assert from "node:assert/strict";
import test from "node:test";

import { buildScale, clipToBox, drawAxes, linearTicks, logTicks, niceStep } from "../../app/ui/components/axes.js";
import { MINUS } from "../../app/ui/components/numbers.js";
import { buildRandom, recordContext } from "./stand_ins.js";

const random = buildRandom(19);
const pick = (low, high) => low + random() * (high - low);

// Ranges of every size and place that a loss, a weight or an epoch may have.
function pickRange() {
  const size = 10 ** pick(-9, 9);
  const low = random() < 0.2 ? 0 : pick(-10, 10) * size;
  return [low, low + size * pick(0.1, 10)];
}

function readTick(text) {
  const [mantissa, power] = text.replaceAll(",", "").replaceAll(MINUS, "-").split("\u00d710");
  const digits = [..."\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"];
  const exponent = [...(power || "")].map((letter) => (letter === "\u207b" ? "-" : digits.indexOf(letter))).join("");
  return Number(mantissa) * 10 ** Number(exponent || 0);
}

test("A step is 1, 2, 2.5 or 5 times a power of ten and gives at most the ticks that are wanted", () => {
  for (let i = 0; i < 2000; i += 1) {
    const span = 10 ** pick(-12, 12);
    const wanted = Math.ceil(pick(0, 12));
    const step = niceStep(span, wanted);
    const factor = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
    assert.ok(
      [1, 2, 2.5, 5, 10].some((nice) => Math.abs(factor - nice) < 1e-6),
      `${step}`,
    );
    assert.ok(span / step <= wanted * 1.002, `${span} by ${step}, ${wanted} wanted`);
    assert.ok(span / step > wanted / 2.6, `${span} by ${step}, ${wanted} wanted`);
  }
});

test("Ticks lie evenly within the range, each reads as the number that it stands at, none as another", () => {
  for (let i = 0; i < 3000; i += 1) {
    const [low, high] = pickRange();
    const ticks = linearTicks(low, high, Math.ceil(pick(2, 10)));
    const slack = (high - low) * 1e-6;
    const values = ticks.map((tick) => tick.at);
    assert.ok(values.length >= 1 || high - low < 1e-11, `no tick from ${low} to ${high}`);
    assert.ok(
      values.every((at) => at >= low - slack && at <= high + slack),
      `${values} from ${low} to ${high}`,
    );
    const gaps = values.slice(1).map((at, index) => at - values[index]);
    assert.ok(
      gaps.every((gap) => Math.abs(gap - gaps[0]) <= slack + 1e-12),
      `${values}`,
    );
  }
});

test("What a tick says is where it stands", () => {
  for (let i = 0; i < 2000; i += 1) {
    const size = 10 ** pick(-3, 5);
    const low = pick(-3, 3) * size;
    const ticks = linearTicks(low, low + size, 5);
    for (const { at, text } of ticks) {
      assert.ok(Math.abs(readTick(text) - at) <= Math.abs(at) * 6e-4, `${text} at ${at}`);
    }
    assert.equal(new Set(ticks.map((tick) => tick.text)).size, ticks.length, JSON.stringify(ticks));
  }
});

test("Ticks of an axis show the same decimals", () => {
  assert.deepEqual(
    linearTicks(0, 1, 4).map((tick) => tick.text),
    ["0.00", "0.25", "0.50", "0.75", "1.00"],
  );
  assert.deepEqual(
    linearTicks(-0.4, 0.4, 4).map((tick) => tick.text),
    ["\u22120.4", "\u22120.2", "0.0", "0.2", "0.4"],
  );
  assert.deepEqual(
    linearTicks(0, 2000, 4).map((tick) => tick.text),
    ["0", "500", "1,000", "1,500", "2,000"],
  );
});

test("Epochs are never split", () => {
  for (let last = 1; last < 300; last += 1) {
    const ticks = linearTicks(0, last, 8, true);
    assert.ok(
      ticks.every((tick) => Number.isInteger(tick.at)),
      `${last}`,
    );
    assert.ok(ticks.length <= 10);
  }
});

test("Ticks of a logarithmic axis are powers of ten, or 1, 2 and 5 of them, and one at least says a number", () => {
  assert.deepEqual(
    logTicks(1e-6, 1, 7)
      .filter((tick) => tick.major)
      .map((tick) => tick.text),
    [
      "10\u207b\u2076",
      "10\u207b\u2075",
      "10\u207b\u2074",
      "10\u207b\u00b3",
      "10\u207b\u00b2",
      "10\u207b\u00b9",
      "10\u2070",
    ],
  );
  assert.deepEqual(
    logTicks(0.09, 3, 5)
      .filter((tick) => tick.major)
      .map((tick) => tick.text),
    ["0.1", "0.2", "0.5", "1", "2"],
  );
  for (let i = 0; i < 3000; i += 1) {
    const low = 10 ** pick(-30, 20);
    const high = low * 10 ** pick(0.05, 40);
    const wanted = Math.ceil(pick(2, 8));
    const ticks = logTicks(low, high, wanted);
    const major = ticks.filter((tick) => tick.major);
    assert.ok(major.length >= 1, `${low} to ${high}: ${JSON.stringify(ticks)}`);
    assert.ok(major.length <= Math.max(9, wanted + 1), `${low} to ${high}: ${major.length}`);
    assert.ok(
      ticks.every((tick) => tick.at >= low * 0.999 && tick.at <= high * 1.001),
      `${low} to ${high}`,
    );
  }
});

test("A loss that is next to nothing has its ticks too", () => {
  assert.deepEqual(
    linearTicks(0, 1e-20, 4).map((tick) => tick.at),
    [0, 2.5e-21, 5e-21, 7.5e-21, 1e-20],
  );
});

const AXES = { x_label: "epoch", y_label: "loss", x_range: [0, 20], y_range: [0.001, 3], log_y: false, whole_x: true };

test("A pixel is the value that is drawn there, on both kinds of axes", () => {
  for (const log_y of [false, true]) {
    const scale = buildScale(recordContext(), 640, 320, { ...AXES, log_y });
    for (const value of [0, 0.1, 7, 20]) assert.ok(Math.abs(scale.xAt(scale.x(value)) - value) < 1e-9);
    assert.ok(Math.abs(scale.y(0.001) - scale.box.bottom) < 1e-9);
    assert.ok(Math.abs(scale.y(3) - scale.box.top) < 1e-9);
    assert.ok(scale.y(1) < scale.y(0.1));
  }
  const scale = buildScale(recordContext(), 640, 320, AXES);
  assert.ok(Math.abs(scale.yAt(scale.y(0.7)) - 0.7) < 1e-9);
});

test("Numbers beside and below the axes keep within the canvas", () => {
  for (let i = 0; i < 300; i += 1) {
    const [width, height] = [pick(260, 1200), pick(140, 500)];
    const axes = { ...AXES, x_range: pickRange(), y_range: pickRange(), whole_x: false };
    const context = recordContext();
    const scale = buildScale(context, width, height, axes);
    drawAxes(context, scale, axes, { grid: "", axis: "", label: "" });
    for (const { text, x, align } of context.texts.filter((one) => !one.isTurned)) {
      const reach = context.measureText(text).width;
      const left = align === "right" ? x - reach : x - reach / 2;
      assert.ok(left >= 0 && left + reach <= width + 1e-6, `${text} from ${left} to ${left + reach} of ${width}`);
    }
  }
});

test("What is drawn is cut at the axes, and may reach beyond the other sides by the margin", () => {
  const context = recordContext();
  clipToBox(context, { left: 50, right: 250, top: 10, bottom: 110 }, 6);
  assert.deepEqual(context.clips, [[44, 4, 212, 106]]);
});

test("On a logarithmic axis sideways equal factors are equally far apart, and a pixel gives its number back", () => {
  const scale = buildScale(recordContext(), 700, 300, { x_range: [1e-5, 10], y_range: [0, 1], log_x: true });
  const step = scale.x(1e-4) - scale.x(1e-5);
  for (const power of [-4, -3, -2, -1, 0]) {
    assert.ok(Math.abs(scale.x(10 ** (power + 1)) - scale.x(10 ** power) - step) < 1e-9);
  }
  assert.equal(scale.x(1e-5), scale.box.left);
  assert.ok(Math.abs(scale.x(10) - scale.box.right) < 1e-9);
  assert.ok(Math.abs(scale.xAt(scale.x(0.037)) / 0.037 - 1) < 1e-12);
  assert.deepEqual(
    scale.xTicks.filter((tick) => tick.major).map((tick) => Math.round(Math.log10(tick.at))),
    [-5, -4, -3, -2, -1, 0, 1],
  );
});
