// A visitor's runs: the list of them, and the chosen one with its curves.

/** @import { Mounted } from "../../ui/components/types.js" */
/** @import { Answer, KnownCard, Question } from "./types.js" */
/** @import { RunList } from "../payloads.js" */

import { watchLifetime } from "../../ui/components/lifetime.js";
import { findPart } from "../../ui/components/nodes.js";
import { keepRunKeys, readRunKeys } from "../../ui/components/run_keys.js";
import { createChosenRun } from "./chosen_run.js";
import { createRunCurves } from "./curves.js";
import { FIRST_FOCUS } from "./focus.js";
import { createKnownRuns } from "./known_runs.js";
import { createRunList } from "./list.js";
import { nameFiles, saveFile } from "./run_files.js";
import { createLayers } from "./run_layers.js";
import { EXAMPLE, isLive } from "./run_status.js";
import { createSharedList, SHARED_KEY } from "./shared_list.js";
import { createUndo } from "./undo.js";
import { createWatch } from "./watching.js";

const UNREACHABLE = "The server could not be reached. The runs go on; this page asks again.";
const LEAST_WIDTH_PX = 40;

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const root = findPart(element, ".gb-runs");
  window.glassboxRuns ??= { run: null, compared: { ids: [] } };
  const page = window.glassboxRuns;
  const life = watchLifetime(root);

  /** @type {number | null} */
  let serial = null; // of Python's last value
  /** @type {string[] | null} */
  let awaited = null; // runs to tick once they stand in the list
  let isUnreachable = false;
  let isLaidOut = false; // its tab is the open one; asking for a width here would make the page lay itself out

  const isSeen = () => !document.hidden && isLaidOut;
  const shared = createSharedList(window);
  const known = createKnownRuns(shared);
  const watching = createWatch(known, { look: (question) => server.look(question), take, tellUnreachable, isSeen });
  const list = createRunList(findPart(root, ".gb-runs-list"), { onChoose: choose, onTick: tellTicked });
  const chosenRun = createChosenRun(findPart(root, ".gb-runs-focus"), {
    onAct,
    onRename,
    onFile,
    onPause,
    onLeave,
    onTrainOn,
  });
  const undo = createUndo(findPart(root, ".gb-runs-undo"), bringBack);
  const curves = createRunCurves(findPart(root, ".gb-runs-charts"));
  const layers = createLayers(findPart(root, ".gb-runs-layers"));

  // ---- What Python says of them

  function tellUnreachable() {
    isUnreachable = true;
    chosenRun.tellError(UNREACHABLE);
  }

  // Returns whether there is more to be asked at once.
  /** @type {(answer: Answer, question: Question, numBytes: number) => boolean} */
  function take(answer, question, numBytes) {
    if (life.isOver()) return false;
    if (answer.error) {
      chosenRun.tellError(answer.error);
      return false;
    }
    if (isUnreachable) chosenRun.tellError("");
    isUnreachable = false;
    const { movesCurves, isMore } = known.take(answer, question);
    const card = known.find(known.focus);
    if (movesCurves && card) takeCurves(answer, card);
    const isOver = card !== undefined && known.isPaused && !isLive(card.status);
    if (isOver) known.setPaused(false); // what stood still is brought to its end
    show();
    root.dataset.updates = `${Number(root.dataset.updates || 0) + 1}`;
    root.dataset.bytes = `${numBytes}`;
    return isMore || isOver;
  }

  /** @type {(answer: Answer, card: KnownCard) => void} */
  function takeCurves({ view, news, layers: measured }, card) {
    const ends = { steps: card.num_steps, epochs: card.epochs };
    if (view) {
      curves.setView(view, ends);
      known.setNeedsView(false);
    } else if (news && !known.needsView) {
      curves.addNews(news, ends);
      known.setNeedsView(curves.isFull());
    }
    if (measured && (view || measured.is_whole || !known.needsView)) layers.take(measured);
    root.dataset.points = `${curves.countPoints()}`;
  }

  // ---- What is shown, and told to the page

  function show() {
    list.show(known.listCards(), known.focus);
    if (awaited?.every((id) => known.find(id))) {
      const ticked = awaited;
      awaited = null;
      list.setTicked(ticked);
    }
    const card = known.find(known.focus);
    if (!card) return;
    const key = (card.has_owner && readRunKeys()[card.id]) || "";
    chosenRun.show(card, { isPaused: known.isPaused, key, isOwned: !card.has_owner || key !== "" });
    const detail = { id: card.id, status: card.status, known: shared.read() };
    const isNews = JSON.stringify(detail) !== JSON.stringify(page.run ?? FIRST_FOCUS); // which sections begin with
    page.run = detail;
    if (isNews) document.dispatchEvent(new CustomEvent("glassbox-run", { detail }));
  }

  /** @type {(ticked: string[]) => void} */
  function tellTicked(ticked) {
    page.compared = { ids: ticked };
    document.dispatchEvent(new CustomEvent("glassbox-runs-compared", { detail: page.compared }));
  }

  /** @type {(id: string) => void} */
  function choose(id) {
    known.choose(id);
    show();
    list.reveal(id);
    watching.ask();
  }

  // ---- What is done with a run

  // What Python answers to a request, or what is wrong.
  /** @type {(request: Promise<unknown>) => Promise<any>} */
  async function read(request) {
    try {
      const text = await request;
      if (typeof text === "string") return JSON.parse(text);
    } catch {
      // It is told as one mistake.
    }
    return { error: UNREACHABLE };
  }

  /** @type {(action: string, id: string, name?: string) => Promise<boolean>} */
  async function act(action, id, name = "") {
    undo.hide();
    chosenRun.setBusy(true);
    const { error } = await read(server.act({ action, id, name, key: readRunKeys()[id] || "" }));
    chosenRun.setBusy(false);
    chosenRun.tellError(error);
    return !error;
  }

  /** @type {(action: string) => Promise<void>} */
  async function onAct(action) {
    const id = known.focus;
    if (!(await act(action, id))) return;
    if (action === "delete") return forget(id);
    known.outdate(id);
    if (action === "resume") known.setPaused(false);
    watching.ask();
  }

  /** @type {(id: string) => void} */
  function forget(id) {
    const card = known.find(id);
    leave(id);
    if (card) undo.show(card);
  }

  /** @type {(id: string) => void} */
  function leave(id) {
    const place = known.listed().indexOf(id);
    shared.remove([id]);
    choose(known.listed()[place] || EXAMPLE);
  }

  function onLeave() {
    undo.hide();
    leave(known.focus);
    trigger("delete"); // or the page would remember it
  }

  /** @type {(card: KnownCard) => Promise<void>} */
  async function bringBack(card) {
    if (!(await act("restore", card.id))) return;
    shared.set(known.sortByAge([...shared.read(), card.id]));
    known.outdate(card.id);
    choose(card.id);
  }

  /** @type {(name: string) => Promise<void>} */
  async function onRename(name) {
    const id = known.focus;
    if (!(await act("rename", id, name))) return;
    known.outdate(id);
    watching.ask();
  }

  /** @type {(file: string) => Promise<void>} */
  async function onFile(file) {
    const card = known.find(known.focus);
    if (!card) return;
    const answer = await read(server.handOut({ id: card.id, file }));
    chosenRun.tellError(answer.error || "");
    if (!answer.error) saveFile({ ...answer, name: `${nameFiles(card)}${answer.name}` });
  }

  // The new run is this browser's own, whoever's the one is that it begins with. Returns what is wrong, "" for nothing.
  /** @type {(settings: { epochs: string, learning_rate: string }) => Promise<string>} */
  async function onTrainOn(settings) {
    const answer = await read(server.trainOn({ id: known.focus, ...settings, known: shared.read() }));
    if (answer.error) return answer.error;
    undo.hide();
    keepRunKeys({ [answer.id]: answer.owner_key });
    shared.set([...shared.read(), answer.id]);
    choose(answer.id);
    return "";
  }

  function onPause() {
    known.setPaused(!known.isPaused);
    show();
    watching.ask();
  }

  // ---- Values of Python's: which runs there are, and which is chosen

  function takeValue() {
    if (typeof props.value === "string" && props.value) keptProps.value = props.value;
    if (!keptProps.value) return;
    /** @type {RunList} */
    const value = JSON.parse(keptProps.value);
    if (value.serial === serial) return;
    serial = value.serial;
    undo.hide();
    if (value.keys) keepRunKeys(value.keys);
    shared.merge(value.ids);
    leaveLink();
    awaited = value.ticked || null;
    choose(value.focus);
  }

  // The address of a run has done its work once the run is in the list: a reload shows the latest run.
  function leaveLink() {
    const address = new URL(location.href);
    if (!address.searchParams.has("run")) return;
    address.searchParams.delete("run");
    history.replaceState(history.state, "", address);
  }

  // Another window has changed the list.
  /** @type {(event: StorageEvent) => void} */
  function onShared(event) {
    if (event.key !== SHARED_KEY || !event.newValue || serial === null) return;
    shared.adopt(event.newValue);
    if (known.focus !== EXAMPLE && !shared.has(known.focus)) choose(EXAMPLE);
    show();
    watching.ask();
  }

  // ---- Its life

  function followSight() {
    if (isSeen()) watching.ask();
    else watching.pause();
  }

  const sizes = new ResizeObserver(([entry]) => {
    isLaidOut = entry.contentRect.width > LEAST_WIDTH_PX;
    followSight();
  });

  sizes.observe(root);
  life.listen(window, "storage", onShared);
  life.listen(document, "visibilitychange", followSight);
  life.signal.addEventListener("abort", () => {
    sizes.disconnect();
    watching.end();
    undo.hide();
  });
  watch("value", takeValue);
  takeValue();
}
