import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { readAddress, writeAddress } from "../../app/ui/components/address.js";
import { followPlaces } from "../../app/ui/components/history.js";

let entries; // the browser's history: addresses
let at; // which of them is shown
let hearBack;
let numReloads;

// What the browser has of an address and its history.
beforeEach(() => {
  entries = ["http://lab/"];
  at = 0;
  numReloads = 0;
  globalThis.location = {
    get href() {
      return entries[at];
    },
    get search() {
      return new URL(entries[at]).search;
    },
    reload: () => {
      numReloads += 1;
    },
  };
  globalThis.history = {
    state: null,
    pushState: (_state, _title, address) => {
      entries = [...entries.slice(0, at + 1), `${address}`];
      at += 1;
    },
    replaceState: (_state, _title, address) => {
      entries[at] = `${address}`;
    },
  };
  globalThis.addEventListener = (_type, hear) => {
    hearBack = hear;
  };
});

const begin = (search, show = () => {}) => {
  entries = [`http://lab/${search}`];
  return followPlaces(show);
};
const shown = () => new URL(entries[at]).search;

test("An address is read and written again", () => {
  for (const search of [
    "?tab=runs",
    "?tab=runs&open=question-4",
    "?tab=inspection&lab=microscope&seed=3",
    "?tab=descent&bench=network&rule=xor",
    "?__theme=dark&solutions=off&tab=descent&problem=valley&entries=adam:0.5,,,",
  ])
    assert.equal(writeAddress(readAddress(search)), search);
  assert.equal(writeAddress(readAddress("?tab=inspection&lab=window")), "?tab=inspection");
  assert.equal(writeAddress(readAddress("?tab=descent&bench=steps&lab=network")), "?tab=descent");
  assert.equal(readAddress("?tab=a&tab=runs").tab, "runs");
  assert.equal(readAddress("?tab=constructor&lab=x").tab, "descent");
});

test("Tabs, labs and sections make history; each keeps its own settings", () => {
  const places = begin("?tab=descent&problem=valley&__theme=dark");
  places.go({ tab: "inspection" });
  assert.equal(shown(), "?__theme=dark&tab=inspection");
  places.follow("inspection/window", "picture=digit&index=7");
  assert.equal(shown(), "?__theme=dark&tab=inspection&picture=digit&index=7");
  places.go({ lab: "network" });
  assert.equal(shown(), "?__theme=dark&tab=inspection&lab=network");
  places.go({ open: "what-one-number-can-see" });
  assert.equal(shown(), "?__theme=dark&tab=inspection&lab=network&open=what-one-number-can-see");
  places.go({ tab: "descent" });
  assert.equal(shown(), "?__theme=dark&tab=descent&problem=valley");
  assert.equal(entries.length, 5);
  places.go({ tab: "descent" });
  assert.equal(entries.length, 5); // nowhere else
});

test("A bench and a lab of one name are two places", () => {
  const places = begin("?tab=descent&problem=valley");
  places.go({ bench: "network" });
  assert.equal(shown(), "?tab=descent&bench=network");
  places.follow("descent/network", "rule=xor");
  places.go({ tab: "inspection", lab: "network" });
  assert.equal(shown(), "?tab=inspection&lab=network");
  places.go({ tab: "descent" });
  assert.equal(shown(), "?tab=descent&bench=network&rule=xor");
  places.go({ bench: "steps" });
  assert.equal(shown(), "?tab=descent&problem=valley");
});

test("Settings change the entry that is there, of what is in sight alone", () => {
  const places = begin("?tab=runs");
  places.follow("runs", "epochs=3");
  places.follow("descent/steps", "problem=valley");
  assert.deepEqual(entries, ["http://lab/?tab=runs&epochs=3"]);
  places.follow("runs", "");
  assert.deepEqual(entries, ["http://lab/?tab=runs"]);
  places.go({ tab: "descent" });
  assert.equal(shown(), "?tab=descent&problem=valley");
});

test("A section's own parameter stays while the stage's settings change, and the other way round", () => {
  const places = begin("?tab=descent&problem=valley&example=1,2,3,0:1:tanh:7");
  places.follow("descent/steps", "problem=toy&steps=5");
  assert.equal(shown(), "?tab=descent&problem=toy&steps=5&example=1,2,3,0:1:tanh:7");
  places.follow("descent/steps", "example=0,0,0,0:0:relu:1", "example");
  assert.equal(shown(), "?tab=descent&problem=toy&steps=5&example=0,0,0,0:0:relu:1");
  places.follow("descent/steps", "");
  assert.equal(shown(), "?tab=descent&example=0,0,0,0:0:relu:1");
  places.follow("descent/steps", "", "example");
  assert.equal(shown(), "?tab=descent");
});

test("Back shows the place, with what was set meanwhile", () => {
  const went = [];
  const places = begin("?tab=descent", (place) => went.push(place));
  places.go({ tab: "runs", open: "dropout" });
  places.go({ tab: "descent" });
  places.follow("descent/steps", "problem=valley");
  at -= 1;
  hearBack();
  assert.deepEqual([went.at(-1).tab, went.at(-1).open], ["runs", "dropout"]);
  at -= 1;
  hearBack();
  assert.equal(shown(), "?tab=descent&problem=valley");
});

test("Back to settings from before the page was loaded loads them, once", () => {
  const went = [];
  let places = begin("?tab=runs&epochs=3", (place) => went.push(place));
  places.go({ tab: "descent" });
  places = followPlaces((place) => went.push(place)); // the page is loaded again
  at -= 1;
  hearBack();
  assert.deepEqual([numReloads, shown(), went], [1, "?tab=runs&epochs=3", []]);
  places = followPlaces((place) => went.push(place));
  hearBack(); // some browsers tell of the load itself
  assert.deepEqual([numReloads, went.length], [1, 1]);
  at += 1;
  hearBack(); // a place without settings is shown as it is
  assert.deepEqual([numReloads, went.at(-1).tab], [1, "descent"]);
});

test("Back between places of this page's life loads nothing", () => {
  const places = begin("?tab=descent");
  places.go({ tab: "runs" });
  places.follow("runs", "epochs=3");
  places.go({ tab: "inspection", lab: "network" });
  for (const step of [-1, -1, 1, 1]) {
    at += step;
    hearBack();
  }
  assert.equal(numReloads, 0);
});

test("What has done its work in the address is not brought back", () => {
  const places = begin("?tab=runs&run=example");
  history.replaceState(null, "", "http://lab/?tab=runs");
  places.go({ tab: "descent" });
  places.go({ tab: "runs" });
  assert.equal(shown(), "?tab=runs");
});
