// A visitor's runs. Python is asked how they stand, one question at a time. While one of them trains, what is new comes
// by itself until the question changes; while one waits in the queue, Python is asked now and then; and not at all once all
// have ended or nobody can see them.

const NOW_AND_THEN_MS = 2000;
const MAX_ASKED = 200;     // runs in one question, as app/runs/live.py allows
const STREAM = "glassbox/runs";  // below the page's own address, whatever path and scheme a proxy gives it
const SHARED_KEY = "glassbox-run-ids";  // app/runs/tab.py reads both too
const REMOVED_KEY = "glassbox-removed-run-ids";
const MAX_REMOVED = 1000;
const UNREACHABLE = "The server could not be reached. The runs go on; this page asks again.";

const root = element.querySelector(".gb-runs");
const PAGE = window.glassboxRuns = window.glassboxRuns || { run: null, compared: { ids: [] } };

let ids = [];              // this visitor's runs, oldest first
let cards = new Map();     // a run's id -> what the list and the heading show of it
let focus = null;          // the chosen run's id
let serial = null;         // of Python's last value
let needsView = true;      // the whole curve is to be asked for, not only what is new on it
let awaited = null;        // runs to tick once they stand in the list
let isPaused = false;
let isAsking = false;
let isUnreachable = false;
let mustAskAgain = false;
let timer = null;
let stream = null;           // of news, while there is one
let isLaidOut = false;       // its tab is the open one; asking for a width here would make the page lay itself out

const list = createRunList(root.querySelector(".gb-runs-list"), { onChoose: choose, onTick: tellTicked });
const chosenRun = createChosenRun(root.querySelector(".gb-runs-focus"), { onAct, onRename, onFile, onPause, onLeave, onTrainOn });
const undo = createUndo(root.querySelector(".gb-runs-undo"), bringBack);
const curves = createRunCurves(root.querySelector(".gb-runs-charts"));

// ---- Questions to Python

const listed = () => [...ids].reverse().concat(EXAMPLE);
// Of a run that was interrupted somebody may hear again: another window may resume it.
const isOpen = (card) => isGoing(card) || card.status === "interrupted";
const isSeen = () => !document.hidden && isLaidOut;

const isUnknown = (id) => !cards.has(id) || cards.get(id).isStale;

// A long list is asked about in pieces: first the chosen run, then those of which nothing is known.
function buildQuestion() {
  const open = listed().filter((id) => !isUnknown(id) && isOpen(cards.get(id)));
  const asked = [...new Set([focus, ...listed().filter(isUnknown), ...open])].slice(0, MAX_ASKED);
  const runs = {};
  for (const id of asked) {
    if (isUnknown(id)) runs[id] = null;
    else if (isOpen(cards.get(id))) runs[id] = [cards.get(id).offset || 0, cards.get(id).mark];
  }
  const isFollowed = !isPaused || needsView;
  return { runs, focus: isFollowed ? focus : "", view: needsView };
}

async function ask() {
  stopWatching();
  if (isAsking) {
    mustAskAgain = true;
    return;
  }
  if (!focus || !root.isConnected) return;
  isAsking = true;
  const question = buildQuestion();
  let text;
  try {
    text = await server.look(question);
  } catch {
    // It is told below.
  }
  isAsking = false;
  if (typeof text === "string") {
    const numUnknown = listed().filter(isUnknown).length;
    take(JSON.parse(text), question, text.length);
    const isMore = listed().filter(isUnknown).length;
    mustAskAgain = mustAskAgain || (isMore > 0 && isMore < numUnknown);
  } else tellUnreachable();
  if (mustAskAgain) {
    mustAskAgain = false;
    return ask();
  }
  goOn(typeof text === "string");
}

function tellUnreachable() {
  isUnreachable = true;
  chosenRun.tellError(UNREACHABLE);
}

function goOn(isReached) {
  if (!isSeen()) return;  // asked again once it is seen
  const shown = [...cards.values()].filter((card) => listed().includes(card.id));
  const isTraining = shown.some(({ status }) => status === "running" || status === "starting");
  if (isTraining && isReached && !isPaused) listen();
  if (!isReached || shown.some(isOpen)) timer = setTimeout(ask, NOW_AND_THEN_MS);
}

// Where no news comes through, as behind a proxy that holds it back, the timer asks all the same.
function listen() {
  const question = buildQuestion();
  const current = stream = new EventSource(`${STREAM}?question=${encodeURIComponent(JSON.stringify(question))}`);
  stream.onmessage = ({ data }) => {
    if (stream !== current) return;
    if (!root.isConnected) return stopWatching();
    clearTimeout(timer);
    timer = setTimeout(ask, NOW_AND_THEN_MS);
    const answer = JSON.parse(data);
    take(answer, question, data.length);
    if (needsView || answer.error || answer.view || answer.cards.length || answer.gone.length) ask();
  };
  stream.onerror = () => current.close();
}

function stopWatching() {
  clearTimeout(timer);
  stream?.close();
  stream = null;
}

function take(answer, question, numBytes) {
  if (answer.error) return chosenRun.tellError(answer.error);
  if (isUnreachable) chosenRun.tellError("");
  isUnreachable = false;
  for (const card of answer.cards) cards.set(card.id, card);
  for (const [id, update] of Object.entries(answer.updates)) if (cards.has(id)) Object.assign(cards.get(id), update);
  if (answer.gone.some((id) => ids.includes(id))) removeIds(answer.gone);
  if (answer.gone.includes(focus) && focus !== EXAMPLE) {
    focus = ids.length ? ids[ids.length - 1] : EXAMPLE;
    needsView = mustAskAgain = true;
  }
  const card = cards.get(focus);
  // An answer about a run that is no longer the chosen one still tells how that one stands;
  // and what was asked before the view was paused does not move it any more.
  if (card && question.focus === focus && (!isPaused || needsView)) takeCurves(answer, card);
  if (card && isPaused && !isLive(card.status)) onPause();  // what stood still is brought to its end
  show();
  root.dataset.updates = Number(root.dataset.updates || 0) + 1;
  root.dataset.bytes = numBytes;
}

function takeCurves({ view, news }, card) {
  const ends = { steps: card.num_steps, epochs: card.epochs };
  if (view) {
    curves.setView(view, ends);
    needsView = false;
  } else if (news && !needsView) {
    curves.addNews(news, ends);
    needsView = curves.isFull();
  }
  root.dataset.points = curves.countPoints();
}

// ---- What is shown, and told to the page

function show() {
  list.show(listed().map((id) => cards.get(id)).filter(Boolean), focus);
  if (awaited?.every((id) => cards.has(id))) {
    const ticked = awaited;
    awaited = null;
    list.setTicked(ticked);
  }
  const card = cards.get(focus);
  if (!card) return;
  const key = (card.has_owner && readRunKeys()[focus]) || "";
  chosenRun.show(card, { isPaused, key, isOwned: !card.has_owner || key !== "" });
  const detail = { id: focus, status: card.status, known: [...ids] };
  if (JSON.stringify(detail) === JSON.stringify(PAGE.run)) return;
  PAGE.run = detail;
  document.dispatchEvent(new CustomEvent("glassbox-run", { detail }));
}

function tellTicked(ticked) {
  PAGE.compared = { ids: ticked };
  document.dispatchEvent(new CustomEvent("glassbox-runs-compared", { detail: PAGE.compared }));
}

function choose(id) {
  if (id !== focus) {
    focus = id;
    needsView = true;
    isPaused = false;
  }
  show();
  list.reveal(id);
  ask();
}

// ---- What is done with a run

async function act(action, id, name = "") {
  undo.hide();
  chosenRun.setBusy(true);
  let text;
  try {
    text = await server.act({ action, id, name, key: readRunKeys()[id] || "" });
  } catch {
    text = undefined;
  }
  chosenRun.setBusy(false);
  const error = typeof text === "string" ? JSON.parse(text).error : UNREACHABLE;
  chosenRun.tellError(error);
  return !error;
}

async function onAct(action) {
  const id = focus;
  if (!(await act(action, id))) return;
  if (action === "delete") return forget(id);
  outdate(id);
  needsView = needsView || action === "resume";
  isPaused = isPaused && action !== "resume";
  ask();
}

// What is known of a run stays until Python has told it anew.
function outdate(id) {
  if (cards.has(id)) cards.get(id).isStale = true;
}

function forget(id) {
  const card = cards.get(id);
  leave(id);
  undo.show(card);
}

function leave(id) {
  const place = listed().indexOf(id);
  removeIds([id]);
  choose(listed()[place] || EXAMPLE);
}

function onLeave() {
  undo.hide();
  leave(focus);
  trigger("delete");  // or the page would remember it
}

async function bringBack(card) {
  if (!(await act("restore", card.id))) return;
  const age = (id) => cards.get(id)?.created || 0;
  setIds([...ids, card.id].sort((a, b) => age(a) - age(b)));
  outdate(card.id);
  choose(card.id);
}

async function onRename(name) {
  const id = focus;
  if (!(await act("rename", id, name))) return;
  outdate(id);
  ask();
}

async function onFile(file) {
  const card = cards.get(focus);
  let text;
  try {
    text = await server.handOut({ id: card.id, file });
  } catch {
    text = undefined;
  }
  const answer = typeof text === "string" ? JSON.parse(text) : { error: UNREACHABLE };
  chosenRun.tellError(answer.error || "");
  if (!answer.error) saveFile({ ...answer, name: `${fileName(card)}${answer.name}` });
}

// The new run is this browser's own, whoever's the one is that it begins with.
async function onTrainOn(settings) {
  let text;
  try {
    text = await server.trainOn({ id: focus, ...settings, known: ids });
  } catch {
    text = undefined;
  }
  const answer = typeof text === "string" ? JSON.parse(text) : { error: UNREACHABLE };
  if (answer.error) return answer.error;
  undo.hide();
  keepRunKeys({ [answer.id]: answer.owner_key });
  setIds([...ids, answer.id]);
  choose(answer.id);
  return "";
}

function onPause() {
  isPaused = !isPaused;
  needsView = needsView || !isPaused;
  show();
  ask();
}

// ---- Values of Python's: which runs there are, and which is chosen

function takeValue() {
  if (typeof props.value === "string" && props.value) keptProps.value = props.value;
  if (!keptProps.value) return;
  const value = JSON.parse(keptProps.value);
  if (value.serial === serial) return;
  serial = value.serial;
  undo.hide();
  if (value.keys) keepRunKeys(value.keys);
  // Python's list may be older than a run that this window or another has started since.
  setIds([...[...ids, ...recall(SHARED_KEY)].filter((id) => !value.ids.includes(id)), ...value.ids]);
  leaveLink();
  awaited = value.ticked || null;
  choose(value.focus);
}

// The browser's windows share one list: a run that one of them starts or deletes shows in all. What was taken off it
// another window may still know of, and must not bring back.
function setIds(newIds) {
  ids = [...new Set(newIds)];
  remember(SHARED_KEY, ids);
  remember(REMOVED_KEY, recall(REMOVED_KEY).filter((id) => !ids.includes(id)));
}

function removeIds(gone) {
  setIds(ids.filter((id) => !gone.includes(id)));
  remember(REMOVED_KEY, [...new Set([...recall(REMOVED_KEY), ...gone])].slice(-MAX_REMOVED));
}

function recall(key) {
  try {
    const stored = JSON.parse(localStorage.getItem(key));
    return Array.isArray(stored) ? stored : [];
  } catch {
    return [];  // a browser that stores nothing has this window alone
  }
}

function remember(key, list) {
  try {
    localStorage.setItem(key, JSON.stringify(list));
  } catch {
    // The same.
  }
}

function onShared(event) {
  if (event.key !== SHARED_KEY || !event.newValue || serial === null) return;
  if (!root.isConnected) return window.removeEventListener("storage", onShared);
  ids = JSON.parse(event.newValue);
  if (focus !== EXAMPLE && !ids.includes(focus)) choose(EXAMPLE);
  show();
  ask();
}

// The address of a run has done its work once the run is in the list: a reload shows the latest run.
function leaveLink() {
  const address = new URL(location.href);
  if (!address.searchParams.has("run")) return;
  address.searchParams.delete("run");
  history.replaceState(history.state, "", address);
}

new ResizeObserver(([entry]) => {
  isLaidOut = entry.contentRect.width > 40;
  if (isSeen()) ask();
  else stopWatching();
}).observe(root);
window.addEventListener("storage", onShared);
document.addEventListener("visibilitychange", () => {
  if (isSeen()) ask();
  else stopWatching();
});
watch("value", takeValue);
takeValue();
