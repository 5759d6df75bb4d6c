// The builder's value: the network as JSON text, and what keeps it from being the one on the screen. Python's half is
// app/runs/building/value.py.
/** @import { Network, PlainLayer } from "./types.js" */

import { readLayers, writeLayers } from "./layer_list.js";

const REST_MS = 200; // after the last change the rest of the page is told

// Layers that stand where they stood before keep their rows. What is no network is an empty one.
/** @type {(text: string, before?: Network) => Network} */
export function readNetwork(text, before) {
  try {
    const { name, layers } = JSON.parse(text);
    return { name: String(name ?? ""), layers: readLayers(/** @type {PlainLayer[]} */ (layers), before?.layers) };
  } catch {
    return { name: "", layers: [] };
  }
}

/** @type {(text: string) => string} */
export function readMistake(text) {
  try {
    return JSON.parse(text).mistake ?? "";
  } catch {
    return "";
  }
}

/** @type {(network: Network, mistake: string) => string} */
export const writeValue = ({ name, layers }, mistake) =>
  JSON.stringify({ name, layers: writeLayers(layers), ...(mistake && { mistake }) });

// `write` sets the value, `tell` tells the rest of the page of it. `isOwn` says whether a value was written here.
/** @type {(first: string, given: { write: (value: string) => void, tell: () => void, read: () => Network, findMistake: () => string }) => { publish: () => void, report: () => void, isOwn: (value: string) => boolean }} */
export function createPublisher(first, { write, tell, read, findMistake }) {
  let published = first;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;

  function publish() {
    published = writeValue(read(), findMistake());
    write(published);
    clearTimeout(resting);
    resting = setTimeout(tell, REST_MS);
  }

  return {
    publish,
    // What is wrong may be another thing than it was.
    report() {
      if (findMistake() !== readMistake(published)) publish();
    },
    isOwn: (value) => value === published,
  };
}
