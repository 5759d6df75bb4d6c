// What the surface shows, in words, and what its colours mean.
/** @import { PlaneNetwork } from "../payloads.js" */
/** @import { Kind, ReadMoment, UnitPlace } from "./types.js" */

import { addNode, setText } from "../../../ui/components/nodes.js";
import { formatNumber } from "../../../ui/components/numbers.js";
import { countUnitsBefore } from "./moments.js";
import { nameUnit } from "./unit_buttons.js";

/** @type {(root: HTMLElement) => { tell: (unit: UnitPlace | null, network: PlaneNetwork, moment: ReadMoment, kind: Kind) => void }} */
export function createCaption(root) {
  const text = addNode(root, "span");
  const ramp = addNode(root, "span", "gb-plane-ramp");
  const low = addNode(ramp, "span");
  addNode(ramp, "i");
  const high = addNode(ramp, "span");

  /** @type {(unit: UnitPlace | null, network: PlaneNetwork, moment: ReadMoment, kind: Kind) => void} */
  function tell(unit, network, moment, kind) {
    ramp.hidden = !unit && kind === "classes";
    if (unit) {
      const scale =
        unit.layer < 0
          ? network.input_scales[unit.unit]
          : moment.scales[countUnitsBefore(network.layers, unit.layer, unit.unit)];
      setText(text, nameUnit(unit, network));
      setText(low, formatNumber(-scale, 3));
      setText(high, formatNumber(scale, 3));
    } else {
      setText(text, tellSurface(kind));
      setText(low, kind === "values" ? formatNumber(-1) : "0");
      setText(high, "1");
    }
  }

  return { tell };
}

/** @type {(kind: Kind) => string} */
function tellSurface(kind) {
  if (kind === "values") return "What the network says";
  return kind === "two" ? "Probability of class 1" : "The most probable class";
}
