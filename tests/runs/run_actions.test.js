import assert from "node:assert/strict";
import test from "node:test";

import { chooseActions } from "../../app/runs/components/run_actions.js";
import { addressCheckpoint, nameFiles } from "../../app/runs/components/run_files.js";
import { describeRun, isGoing, isLive, isOpen, isTraining } from "../../app/runs/components/run_status.js";

const OWNED = { isPaused: false, key: "k", isOwned: true };
const LOOKED_AT = { isPaused: false, key: "", isOwned: false };
const card = (status, more = {}) => ({
  id: "a",
  status,
  has_owner: true,
  can_resume: false,
  can_train_on: true,
  num_steps: 9,
  ...more,
});

const shown = (one, rights) =>
  Object.entries(chooseActions(one, rights).isHidden)
    .filter(([, isHidden]) => !isHidden)
    .map(([name]) => name)
    .sort();

test("The owner of a run that trains steers it; it is deleted once it has been stopped", () => {
  const actions = chooseActions(card("running", { can_train_on: false }), OWNED);
  assert.deepEqual(shown(card("running", { can_train_on: false }), OWNED), [
    "delete",
    "keep",
    "key",
    "link",
    "pause",
    "rename",
    "stop",
  ]);
  assert.equal(actions.mustStop, true);
  assert.equal(actions.deleteTitle, "Stop it first");
  assert.equal(chooseActions(card("done"), OWNED).deleteTitle, "It can be undone for ten seconds");
});

test("A run in the queue can be stopped and deleted, and has nothing to keep or to pause", () => {
  assert.deepEqual(shown(card("waiting", { can_train_on: false }), OWNED), ["delete", "key", "link", "rename", "stop"]);
  assert.equal(chooseActions(card("waiting"), OWNED).mustStop, false);
});

test("What was stopped can go on", () => {
  assert.ok(shown(card("stopped", { can_resume: true }), OWNED).includes("resume"));
});

test("Whoever has a link looks, trains on and takes it off the list", () => {
  assert.deepEqual(shown(card("running"), LOOKED_AT), ["leave", "link", "pause", "train-on"]);
  assert.deepEqual(shown(card("stopped", { can_resume: true }), LOOKED_AT), ["leave", "link", "train-on"]);
  assert.match(chooseActions(card("done"), LOOKED_AT).linkTitle, /^Whoever has the link can look/);
});

test("A run of an earlier version has no owner: it is everybody's who has its id", () => {
  const rights = { isPaused: false, key: "", isOwned: true };
  assert.deepEqual(shown(card("done", { has_owner: false }), rights), ["delete", "link", "rename", "train-on"]);
  assert.match(chooseActions(card("done", { has_owner: false }), rights).linkTitle, /can change it$/);
});

test("The example can only be trained on", () => {
  assert.deepEqual(
    shown(card("done", { id: "example", has_owner: false }), { isPaused: false, key: "", isOwned: true }),
    ["train-on"],
  );
});

test("A paused view goes on; a run without a step has no figure", () => {
  assert.equal(chooseActions(card("running"), OWNED).pauseText, "Pause the view");
  assert.equal(chooseActions(card("running"), { ...OWNED, isPaused: true }).pauseText, "Go on");
  assert.equal(chooseActions(card("running"), OWNED).hasFigure, true);
  assert.equal(chooseActions(card("starting", { num_steps: 0 }), OWNED).hasFigure, false);
});

test("What a status means", () => {
  const all = ["waiting", "starting", "running", "done", "stopped", "interrupted", "damaged", "diverged"];
  assert.deepEqual(all.filter(isLive), ["waiting", "starting", "running"]);
  assert.deepEqual(
    all.filter((status) => isTraining({ status })),
    ["starting", "running"],
  );
  assert.deepEqual(
    all.filter((status) => isOpen({ status })),
    ["waiting", "starting", "running", "interrupted"],
  );
  assert.ok(isGoing({ status: "damaged", is_live: true }), "a damaged run may go on all the same");
});

test("A run in words leaves out the share of a training, which changes all the time", () => {
  const one = { status: "running", text: "Training, 41%", validation: "97.2%", test: "" };
  assert.equal(describeRun(one, ["Mine", "", "MNIST"]), "Mine, MNIST, Training, validation accuracy 97.2%");
  assert.equal(
    describeRun({ ...one, status: "done", text: "Done", test: "96.1%" }, ["Mine"]),
    "Mine, Done, validation accuracy 97.2%, test accuracy 96.1%",
  );
});

test("Files are named after the run, and a checkpoint's path may hold anything", () => {
  assert.equal(
    nameFiles({ id: "0123456789", title: "ConvNet4 on Fashion-MNIST" }),
    "glassbox-convnet4-on-fashion-mnist-012345",
  );
  assert.equal(addressCheckpoint("/my runs/50%/#1.safetensors"), "gradio_api/file=/my%20runs/50%25/%231.safetensors");
});
