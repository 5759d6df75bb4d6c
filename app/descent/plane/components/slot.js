// One network on the page: its name, graph, surface, and how well it does at the cursor.
/** @import { Kind, Palette, ReadMoment, Slot, UnitPlace } from "./types.js" */
/** @import { PlaneNetwork, PlanePoints } from "../payloads.js" */

import { redrawOnChange } from "../../../ui/components/canvas.js";
import { addNode, findPart, setText } from "../../../ui/components/nodes.js";
import { formatNumber, formatPercent } from "../../../ui/components/numbers.js";
import { createCaption } from "./caption.js";
import { createNetworkGraph } from "./network_graph.js";
import { readPalette } from "./palette.js";
import { shareOf } from "./plane_place.js";
import { createSurface } from "./surface.js";

const TEMPLATE = `
  <div class="gb-plane-head"><h4 class="gb-plane-title"></h4></div>
  <div class="gb-plane-views">
    <div class="gb-plane-scroller" tabindex="-1">
      <div class="gb-plane-graph" role="group" aria-label="Units: the arrow keys go from one to the next"><canvas aria-hidden="true"></canvas></div>
    </div>
    <figure class="gb-plane-surface">
      <figcaption></figcaption>
      <canvas tabindex="0" role="application"></canvas>
    </figure>
    <dl class="gb-plane-measures"></dl>
  </div>`;

// `onAsk` hears of a unit and a place of the plane whose sum someone wants to see, and of none.
/** @type {(host: HTMLElement, name: "a" | "b", hear: { onAsk: (unit: UnitPlace, at: number[] | null) => void, onLeave: () => void }) => Slot} */
export function createSlot(host, name, { onAsk, onLeave }) {
  const root = addNode(host, "section", "gb-plane-slot");
  root.dataset.slot = name;
  root.innerHTML = TEMPLATE;
  const surface = createSurface(findPart(root, ".gb-plane-surface"));
  const caption = createCaption(findPart(root, "figcaption"));
  const title = findPart(root, ".gb-plane-title");
  const graph = createNetworkGraph(findPart(root, ".gb-plane-graph"), { onUnit, onChoice });
  const measures = findPart(root, ".gb-plane-measures");

  /** @type {PlaneNetwork} */
  let network;
  /** @type {PlanePoints} */
  let points;
  /** @type {Kind} */
  let kind = "two";
  /** @type {Kind} */
  let pointKind = "two";
  /** @type {ReadMoment | null} */
  let moment = null;
  /** @type {Palette | null} */
  let palette = null;
  /** @type {UnitPlace | null} */
  let pointed = null;
  /** @type {UnitPlace | null} */
  let chosen = null; // stays on the surface until it is pressed again
  /** @type {number[] | null} */
  let at = null;

  /** @type {Slot["setNetwork"]} */
  function setNetwork(newNetwork, newPoints, newKind, areTwo) {
    const isOtherShape = String(network?.layers) !== String(newNetwork.layers);
    network = newNetwork;
    kind = pointKind = newKind;
    if (points !== newPoints) surface.forgetPoints();
    points = newPoints;
    if (isOtherShape) {
      pointed = chosen = null;
      graph.setUnit(null);
    }
    setText(title, `${areTwo ? `${name.toUpperCase()} \u00b7 ` : ""}${network.title}`);
    title.title = network.title;
    graph.setNetwork(network);
    graph.setChosen(chosen);
    moment = null;
  }

  /** @type {(newMoment: ReadMoment) => void} */
  function show(newMoment) {
    moment = newMoment;
    draw();
    const [training, testing] = [0, 1].map((set) => tellMeasures(newMoment, set));
    fillMeasures(measures, training, testing);
  }

  function draw() {
    if (!moment) return;
    palette ??= readPalette(root);
    graph.draw(moment, palette);
    const unit = pointed ?? chosen;
    surface.draw({ network, kind, points, pointKind, moment, unit }, palette, at);
    caption.tell(unit, network, moment, kind);
  }

  redrawOnChange(root, () => {
    palette = null;
    draw();
  });

  // ---- Pointing at units, and choosing one

  /** @type {(unit: UnitPlace | null, place: number[] | null) => void} */
  function onUnit(unit, place) {
    pointed = unit;
    graph.setUnit(unit ?? chosen);
    if (unit && unit.layer >= 0) onAsk(unit, place);
    else onLeave();
    draw();
  }

  /** @type {(unit: UnitPlace) => void} */
  function onChoice(unit) {
    const isSame = chosen?.layer === unit.layer && chosen.unit === unit.unit;
    chosen = isSame ? null : unit;
    graph.setChosen(chosen);
    graph.setUnit(pointed ?? chosen);
    draw();
  }

  // The unit that is chosen, or the output, of several the one of the most probable class.
  /** @type {Slot["shownUnit"]} */
  function shownUnit([x, y]) {
    if (chosen && chosen.layer >= 0) return chosen;
    const side = network.surface_side;
    const [column, row] = shareOf(x, y).map((share) => Math.min(side - 1, Math.floor(share * side)));
    const unit = kind === "classes" ? (moment?.surface[row * side + column] ?? 0) : 0;
    return { layer: network.layers.length - 1, unit };
  }

  return {
    root,
    surface: surface.canvas,
    setNetwork,
    show,
    shownUnit,
    release: () => chosen && onChoice(chosen),
    setAt: (place) => {
      at = place;
      draw();
    },
    setPoints: (newPoints, newKind) => {
      points = newPoints;
      pointKind = newKind;
      surface.forgetPoints();
      draw();
    },
    tell: () =>
      [0, 1]
        .map((set) => moment && tellMeasures(moment, set))
        .map(
          (told, set) =>
            told &&
            `${set ? "testing" : "training"}: loss ${told.loss}${told.accuracy && `, accuracy ${told.accuracy}`}`,
        )
        .filter(Boolean)
        .join("; "),
  };
}

/** @typedef {{ loss: string, accuracy: string } | null} Measures */

/** @type {(moment: ReadMoment, set: number) => Measures} */
function tellMeasures({ losses, accuracies }, set) {
  const [loss, accuracy] = [losses[set], accuracies[set]];
  if (loss === null && accuracy === null) return null;
  return {
    loss: loss === null ? "not finite" : formatNumber(loss, 3),
    accuracy: accuracy === null ? "" : formatPercent(accuracy),
  };
}

// Numbers stand in fixed places: only their text changes while the cursor moves.
/** @type {(list: HTMLElement, training: Measures, testing: Measures) => void} */
function fillMeasures(list, training, testing) {
  if (!list.children.length) {
    for (const name of ["Training", "Testing"]) {
      const group = addNode(list, "div");
      addNode(group, "dt", "", name);
      addNode(group, "dd");
    }
  }
  [training, testing].forEach((told, set) => {
    const group = /** @type {HTMLElement} */ (list.children[set]);
    group.dataset.set = set ? "testing" : "training";
    setText(
      /** @type {Node} */ (group.lastElementChild),
      told ? `loss ${told.loss}${told.accuracy && ` \u00b7 ${told.accuracy} right`}` : "no such points",
    );
  });
}
