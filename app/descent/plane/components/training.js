// A training as far as it has come: what Python has sent of it, in the order of its moments.
/** @import { PlaneAnswer } from "../payloads.js" */
/** @import { ReadMoment, Training } from "./types.js" */

import { WHOLE } from "../../../ui/components/numbers.js";
import { readMoment } from "./moments.js";

/** @type {() => Training} */
export function createTraining() {
  let known = /** @type {Required<PlaneAnswer>} */ (
    /** @type {object} */ ({ networks: [], epochs: [0], is_done: true })
  );
  /** @type {ReadMoment[][]} */
  let moments = []; // of each network, as many of one as of the other

  const count = () => moments[0]?.length ?? 0;
  const lastEpoch = () => known.epochs[known.epochs.length - 1];
  /** @type {(place: number) => number} */
  const epoch = (place) => known.epochs[place] ?? 0;

  return {
    takeNetworks: (answer) => {
      known = { ...known, ...answer, is_done: false };
      moments = answer.networks.map(() => []);
    },
    takeMoments: (added, first) => {
      added.forEach((some, index) => {
        const network = known.networks[index];
        moments[index].splice(first, Number.POSITIVE_INFINITY, ...some.map((one) => readMoment(network, one)));
      });
    },
    finish: (isDone) => {
      known.is_done = isDone;
    },
    count,
    at: (place) => moments.map((some) => some[place]),
    all: () => moments,
    answer: () => known,
    epoch,
    lastEpoch,
    nearest: (wanted) =>
      known.epochs.reduce(
        (best, one, place) => (Math.abs(one - wanted) < Math.abs(known.epochs[best] - wanted) ? place : best),
        0,
      ),
    // The last one that is there stands for those that are still to come.
    tell: (place) =>
      `epoch ${WHOLE.format(epoch(Math.max(0, Math.min(place, count() - 1))))} of ${WHOLE.format(lastEpoch())}`,
    describe: (place) => ({
      link: known.link,
      titles: known.networks.map(({ title }) => title),
      isDone: known.is_done && count() > 0,
      place,
      numMoments: known.epochs.length,
      epoch: epoch(place),
      epochs: lastEpoch(),
    }),
  };
}
