// A network as rows. The list lives here, with what can be undone; shapes, costs, mistakes and repairs come from Python.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { GivenView } from "../payloads.js" */
/** @import { KindView, Layer, Network, NetworkView, PlainLayer, Row, RowView } from "./types.js" */

import { createAsker, readAnswer } from "../../../ui/components/asking.js";
import { watchLifetime } from "../../../ui/components/lifetime.js";
import { findPart, makeOwnProp, setText } from "../../../ui/components/nodes.js";
import { watchDragging } from "./drag.js";
import { createFlow } from "./flow.js";
import { createHistory } from "./history.js";
import { keepLink, readEarlier } from "./keeping.js";
import {
  countLayers,
  doubleLayer,
  findGap,
  findPlace,
  insertLayer,
  moveLayer,
  readLayer,
  readLayers,
  removeLayer,
  replaceLayer,
  stepLayer,
  takeLayer,
  writeLayers,
} from "./layer_list.js";
import { createPalette } from "./palette.js";
import { createRow } from "./row.js";
import { createTextEditor } from "./text_editor.js";
import { createWhole, isMisfit } from "./whole.js";

const REST_MS = 200; // after the last change the rest of the page is told
const [EMPTY, EARLIER] = ["empty", "earlier"]; // to begin with, beside given networks
const TOO_LONG = "This network is too long for a link and for this browser to keep: save it as a file.";

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const own = makeOwnProp({ props, keptProps });
  const kinds = new Map(/** @type {KindView[]} */ (own("kinds")).map((kind) => [kind.name, kind]));
  const maxLayers = Number(own("maxLayers"));
  const maxLink = Number(own("maxLink"));
  const host = findPart(element, ".gb-build");
  const life = watchLifetime(host);
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const nameField = /** @type {HTMLInputElement} */ (find(".gb-build-name"));
  const begin = /** @type {HTMLSelectElement} */ (find(".gb-build-begin"));
  const list = find(".gb-build-rows");

  let published = typeof props.value === "string" ? props.value : "";
  let publishedMistake = readMistake(published);
  let history = createHistory(readNetwork(published));
  let isTouched = false; // by hand: what came by a link is kept only then
  /** @type {NetworkView | null} */
  let view = null;
  /** @type {Network | null} */
  let viewOf = null; // which state it is of
  /** @type {number | null} */
  let marked = null; // the row that was used last
  /** @type {number | null} */
  let pointed = null;
  /** @type {Map<number, Row>} */
  const rows = new Map(); // by their layers' keys
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;

  for (const { name, title } of /** @type {GivenView[]} */ (own("given"))) begin.add(new Option(title, name));
  begin.add(new Option("An empty list", EMPTY));
  offerEarlier();

  /** @type {(text: string, before?: Network) => Network} */
  function readNetwork(text, before) {
    try {
      const { name, layers } = JSON.parse(text);
      return { name: String(name ?? ""), layers: readLayers(/** @type {PlainLayer[]} */ (layers), before?.layers) };
    } catch {
      return { name: "", layers: [] };
    }
  }

  /** @type {(text: string) => string} */
  function readMistake(text) {
    try {
      return JSON.parse(text).mistake ?? "";
    } catch {
      return "";
    }
  }

  const tell = (/** @type {string} */ sentence) => setText(find(".gb-build-told"), sentence);

  // ---- What Python knows

  /** @typedef {{ of: Network, text?: string, begin?: string }} Question */
  const askPython = createAsker(
    async (/** @type {Question} */ question) => {
      const { name, layers } = question.of;
      const sent = question.begin
        ? { begin: question.begin }
        : question.text === undefined
          ? { name, layers: writeLayers(layers) }
          : { name, text: question.text };
      try {
        return { question, text: await server.examine({ ...sent, form: editor.readForm() }) };
      } catch {
        return { question, text: undefined }; // as one that does not answer, or what waits would wait for ever
      }
    },
    ({ question, text }) => takeAnswer(question, readAnswer(/** @type {string | undefined} */ (text))),
  );
  const ask = () => askPython({ of: history.read() });

  /** @type {Question | null} */
  let replacing = null; // a text, or what to begin with, on its way
  /** @type {(() => void)[]} */
  let waiting = []; // what was done meanwhile, which is done to what comes of it
  let isLinkWanted = false;

  /** @type {(question: Question) => void} */
  function replace(question) {
    replacing = question;
    askPython(question);
  }

  /** @type {(action: () => void) => void} */
  function afterwards(action) {
    if (replacing) waiting.push(action);
    else action();
  }

  // An answer about what is no longer there is dropped: a newer one is on its way.
  /** @type {(question: Question, answer: any) => void} */
  function takeAnswer(question, answer) {
    const isReplacing = question.text !== undefined || question.begin !== undefined;
    if (life.isOver() || (isReplacing ? question !== replacing : question.of !== history.read())) return;
    if (isReplacing) replacing = null;
    if (answer.error) refuse(question, answer.error);
    else accept(question, /** @type {NetworkView} */ (answer));
    if (!isReplacing) return;
    const actions = waiting;
    waiting = [];
    for (const action of actions) action();
  }

  /** @type {(question: Question, sentence: string) => void} */
  function refuse(question, sentence) {
    isLinkWanted = false;
    if (question.text === undefined) tell(sentence);
    else {
      editor.refuse(sentence);
      show();
    }
    const isReplacing = question.text !== undefined || question.begin !== undefined;
    if (isReplacing && viewOf !== history.read()) ask(); // which had made way for it
  }

  /** @type {(question: Question, answer: NetworkView) => void} */
  function accept(question, answer) {
    const current = history.read();
    view = answer;
    viewOf = current;
    const isText = question.text !== undefined;
    if (isText || question.begin !== undefined) {
      editor.letGo();
      const layers = readLayers(/** @type {PlainLayer[]} */ (view.layers), current.layers);
      viewOf = { name: view.name, layers };
      if (
        JSON.stringify([viewOf.name, writeLayers(layers)]) ===
        JSON.stringify([current.name, writeLayers(current.layers)])
      )
        viewOf = current;
      else keep(viewOf, isText ? "text" : "");
    }
    if (isTouched) store(view.link);
    show();
    if (isLinkWanted) copyLink();
  }

  /** @type {(link: string) => void} */
  function store(link) {
    if (link.length > maxLink) return tell(TOO_LONG);
    keepLink(link);
    offerEarlier();
  }

  function offerEarlier() {
    if (!readEarlier() || [...begin.options].some(({ value }) => value === EARLIER)) return;
    begin.add(new Option("What you had before the link", EARLIER));
  }

  // ---- What is done by hand

  /** @type {(network: Network, what?: string) => void} */
  function keep(network, what = "") {
    history.push(network, what);
    isTouched = true;
    publish();
  }

  // What keeps the network on the screen from being the one that would be trained.
  function findMistake() {
    const { layers } = history.read();
    for (const key of listKeys(layers)) {
      const mistake = rows.get(key)?.readMistake();
      if (mistake) return `Layer ${numberOf(/** @type {number[]} */ (findPlace(layers, key)))}: ${mistake}`;
    }
    const mistake = editor.readMistake();
    return mistake && `The text of your network is not taken. ${mistake}`;
  }

  function publish() {
    const { name, layers } = history.read();
    const mistake = findMistake();
    publishedMistake = mistake;
    published = JSON.stringify({ name, layers: writeLayers(layers), ...(mistake && { mistake }) });
    props.value = published;
    clearTimeout(resting);
    resting = setTimeout(() => life.isOver() || trigger("input"), REST_MS);
  }

  function report() {
    if (findMistake() !== publishedMistake) publish();
  }

  /** @type {(layers: Layer[], what?: string) => void} */
  function setLayers(layers, what = "") {
    keep({ ...history.read(), layers }, what);
    show();
    ask();
  }

  const hasRoom = (/** @type {number} */ more) => {
    const isFree = countLayers(history.read().layers) + more <= maxLayers;
    if (!isFree) tell(`A network has at most ${maxLayers} layers.`);
    return isFree;
  };

  /** @type {(kind: KindView) => void} */
  function add(kind) {
    const { layers } = history.read();
    const layer = readLayer(/** @type {PlainLayer} */ (kind.fresh));
    const place = findGap(layers, marked);
    if (layer.body && place.length > 1) return tell("A residual block holds layers, not another block.");
    if (!hasRoom(countLayers([layer]))) return;
    mark(layer.key);
    setLayers(insertLayer(layers, place, layer));
    tell(`${kind.name} is layer ${numberOf(place)}.`);
    reveal(layer.key);
  }

  const numberOf = (/** @type {number[]} */ place) => place.map((index) => index + 1).join(".");

  /** @type {(key: number, action: "up" | "down" | "double" | "remove") => void} */
  function act(key, action) {
    const { layers } = history.read();
    const place = findPlace(layers, key);
    if (!place) return;
    const { kind } = takeLayer(layers, place);
    if (action === "remove") {
      const order = listKeys(layers);
      const next = order[order.indexOf(key) + 1] ?? order[order.indexOf(key) - 1] ?? null;
      const rest = removeLayer(layers, place);
      mark(next !== null && findPlace(rest, next) ? next : null);
      setLayers(rest);
      tell(`${kind} is removed.`);
      const line = marked === null ? null : rows.get(marked)?.node;
      findPart(line ?? host, line ? "[data-act=remove]" : ".gb-build-palette [tabindex='0']").focus();
      return;
    }
    if (action === "double") {
      if (!hasRoom(countLayers([takeLayer(layers, place)]))) return;
      const doubled = doubleLayer(layers, place);
      mark(takeLayer(doubled.layers, doubled.place).key);
      setLayers(doubled.layers);
      return tell(`${kind} is there twice, also as layer ${numberOf(doubled.place)}.`);
    }
    const moved = stepLayer(layers, place, action === "up" ? -1 : 1);
    if (moved.layers === layers) return;
    setLayers(moved.layers);
    tell(`${kind} is now layer ${numberOf(moved.place)}.`);
    reveal(key);
  }

  /** @type {(layers: Layer[]) => number[]} */
  const listKeys = (layers) => layers.flatMap((layer) => [layer.key, ...(layer.body ?? []).map(({ key }) => key)]);

  const actions = {
    /** @type {import("./types.js").RowActions["act"]} */
    act: (key, action) => afterwards(() => act(key, action)),
    report,
    /** @type {import("./types.js").RowActions["change"]} */
    change(key, change, what) {
      afterwards(() => {
        const { layers } = history.read();
        const place = findPlace(layers, key);
        if (place) setLayers(replaceLayer(layers, place, change(takeLayer(layers, place))), what);
      });
    },
    /** @type {import("./types.js").RowActions["mend"]} */
    mend(repair) {
      const { layers } = history.read();
      afterwards(() => {
        if (layers !== history.read().layers) return; // it mends a list that is no longer there
        setLayers(readLayers(/** @type {PlainLayer[]} */ (repair.layers), layers));
        tell(`Done: ${repair.label}.`);
        list.focus({ preventScroll: true }); // its button is gone
      });
    },
  };

  /** @type {(key: number, to: number[]) => void} */
  function drop(key, to) {
    const { layers } = history.read();
    const from = findPlace(layers, key);
    if (!from) return;
    const moved = moveLayer(layers, from, to);
    if (moved.place.join() === from.join()) return;
    mark(key);
    setLayers(moved.layers);
    tell(`${takeLayer(moved.layers, moved.place).kind} is now layer ${numberOf(moved.place)}.`);
  }
  watchDragging(list, life, (key, to) => afterwards(() => drop(key, to)));

  /** @type {(isDone: boolean, word: string) => void} */
  function travel(isDone, word) {
    if (!isDone) return;
    isTouched = true;
    editor.letGo();
    publish();
    show();
    ask();
    tell(word);
  }
  const undo = () => afterwards(() => travel(history.undo() || Boolean(editor.readMistake()), "Undone."));
  const redo = () => afterwards(() => travel(history.redo(), "Done again."));

  async function copyLink() {
    isLinkWanted = !view || viewOf !== history.read();
    if (!view || isLinkWanted) return tell("The link is copied as soon as it is known.");
    if (view.link.length > maxLink) return tell(TOO_LONG);
    await navigator.clipboard.writeText(new URL(`?tab=runs&layers=${view.link}`, document.baseURI).href);
    tell("The link is copied: whoever opens it sees this network.");
  }

  find("[data-do=undo]").addEventListener("click", undo);
  find("[data-do=redo]").addEventListener("click", redo);
  find("[data-do=link]").addEventListener("click", () => afterwards(copyLink));
  host.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || target === nameField || target.matches("textarea")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });
  list.addEventListener("keydown", (event) => {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".gb-layer"));
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    actions.act(Number(row.dataset.key), event.key === "ArrowUp" ? "up" : "down");
  });
  nameField.addEventListener("input", () => {
    const name = nameField.value;
    afterwards(() => {
      keep({ ...history.read(), name }, "name");
      show();
      ask();
    });
  });
  // By a button: an arrow key on the list would take the next entry at once.
  find("[data-do=begin]").addEventListener("click", () => {
    const chosen = begin.value;
    if (!chosen) return tell("Choose what to begin with.");
    begin.value = "";
    mark(null);
    if (chosen !== EMPTY) {
      return replace({ of: history.read(), begin: chosen === EARLIER ? `link:${readEarlier()}` : chosen });
    }
    [replacing, waiting] = [null, []];
    editor.letGo();
    keep({ name: "My network", layers: [] });
    show();
    ask();
  });

  const editor = createTextEditor(find(".gb-build-text"), {
    maxText: Number(own("maxText")),
    write: (text) => replace({ of: history.read(), text }),
    rewrite: () => afterwards(ask),
    tell,
  });

  // ---- Which row is marked

  const setWhere = createPalette(find(".gb-build-palette"), [...kinds.values()], (kind) => afterwards(() => add(kind)));
  const flow = createFlow(/** @type {any} */ (host.querySelector(".gb-build-flow svg")), find("figcaption"), {
    pick: (key) => {
      mark(key);
      reveal(key);
      rows.get(key)?.node.querySelector("select")?.focus({ preventScroll: true });
    },
    point: (key) => {
      pointed = key;
      showMarks();
    },
  });

  /** @type {(key: number | null) => void} */
  function mark(key) {
    marked = key;
    showMarks();
  }

  function showMarks() {
    for (const [key, { node }] of rows) {
      node.classList.toggle("is-marked", key === marked);
      node.classList.toggle("is-pointed", key === pointed);
    }
    flow.mark(marked, pointed);
    const { layers } = history.read();
    const place = findGap(layers, marked);
    const isEnd = place.length === 1 && place[0] === layers.length;
    const before = numberOf(place.with(-1, place[place.length - 1] - 1));
    const isIntoEmpty = place.length > 1 && place[1] === 0;
    const where = isEnd
      ? "Add at the end"
      : isIntoEmpty
        ? `Add into block ${place[0] + 1}`
        : `Add behind layer ${before}`;
    setWhere(where, countLayers(layers) >= maxLayers);
  }

  /** @type {(event: Event) => number | null} */
  const findKey = (event) => {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".gb-layer"));
    return row ? Number(row.dataset.key) : null;
  };
  list.addEventListener("focusin", (event) => mark(findKey(event)));
  // Before a button of a row does its work, which may mark another one.
  list.addEventListener("click", (event) => mark(findKey(event) ?? marked), true);
  list.addEventListener("pointerover", (event) => {
    pointed = findKey(event);
    showMarks();
  });
  list.addEventListener("pointerleave", () => {
    pointed = null;
    showMarks();
  });

  /** @type {(key: number) => void} */
  function reveal(key) {
    rows.get(key)?.node.scrollIntoView({ block: "nearest" });
  }

  // ---- What is shown

  function show() {
    const { name, layers } = history.read();
    const isOld = viewOf !== history.read();
    if (nameField.value !== name) nameField.value = name;
    const focused = /** @type {HTMLElement | null} */ (
      host.contains(document.activeElement) ? document.activeElement : null
    );
    const most = Math.max(0, ...(view?.rows ?? []).map((row) => row.parameters ?? 0));
    const seen = new Set(listKeys(layers));
    for (const [key, { node }] of rows) {
      if (seen.has(key)) continue;
      node.remove();
      rows.delete(key);
    }
    const views = isOld ? known : null;
    /** @type {(place: HTMLElement, own: Layer[], given: RowView[] | null, prefix: string) => void} */
    const fill = (place, own, given, prefix) => {
      own.forEach((layer, index) => {
        let row = rows.get(layer.key);
        if (!row) rows.set(layer.key, (row = createRow(layer.key, kinds, actions)));
        if (place.children[index] !== row.node) place.insertBefore(row.node, place.children[index] ?? null);
        const rowView = views ? (views.get(layer.key) ?? null) : (given?.[index] ?? null);
        row.fill(layer, { number: `${prefix}${index + 1}`, view: rowView, most, isOld });
        if (layer.body)
          fill(findPart(row.node, ":scope > ol"), layer.body, rowView?.body ?? null, `${prefix}${index + 1}.`);
      });
    };
    fill(list, layers, view?.rows ?? null, "");
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    if (!isOld) rememberViews(layers);
    /** @type {HTMLButtonElement} */ (find("[data-do=undo]")).disabled = !history.canUndo() && !editor.readMistake();
    /** @type {HTMLButtonElement} */ (find("[data-do=redo]")).disabled = !history.canRedo();
    host.classList.toggle("is-empty", layers.length === 0);
    if (!isOld && view) showWhole(view, layers);
    showMarks();
    report();
    host.dataset.answered = `${!isOld}`;
  }

  // Until Python has answered, a row shows what was known of its layer.
  /** @type {Map<number, RowView>} */
  let known = new Map();
  /** @type {(layers: Layer[]) => void} */
  function rememberViews(layers) {
    known = new Map();
    layers.forEach((layer, index) => {
      const row = view?.rows[index];
      if (!row) return;
      known.set(layer.key, row);
      layer.body?.forEach((inner, place) => row.body[place] && known.set(inner.key, row.body[place]));
    });
  }

  const showSums = createWhole(host, {
    mend: actions.mend,
    show: (key) => {
      mark(key);
      reveal(key);
      rows.get(key)?.node.querySelector("select")?.focus();
    },
  });

  /** @type {(shown: NetworkView, layers: Layer[]) => void} */
  function showWhole(shown, layers) {
    setText(find(".gb-build-name-problem"), shown.name_problem);
    nameField.setAttribute("aria-invalid", `${Boolean(shown.name_problem)}`);
    showSums(shown, layers);
    drawFlow(shown, layers);
    editor.show(shown.text, shown.name);
  }

  /** @type {(shown: NetworkView, layers: Layer[]) => void} */
  function drawFlow(shown, layers) {
    flow.draw(
      layers.map((layer, index) => ({
        key: layer.key,
        name: `Layer ${index + 1}, ${layer.kind}`,
        sizes: shown.rows[index]?.sizes ?? [],
        isWrong: isMisfit(shown.rows[index]),
      })),
    );
  }

  const observer = new ResizeObserver(() => {
    if (view && viewOf === history.read()) drawFlow(view, history.read().layers);
    showMarks();
  });
  observer.observe(find(".gb-build-flow"));
  life.signal.addEventListener("abort", () => observer.disconnect());

  watch("value", () => {
    if (typeof props.value !== "string" || props.value === published) return;
    const network = readNetwork(props.value, history.read());
    [published, publishedMistake] = [props.value, readMistake(props.value)];
    [replacing, waiting] = [null, []];
    editor.letGo();
    if (isTouched) history.push(network);
    else history = createHistory(network);
    show();
    ask();
  });
  show();
  ask();
}
