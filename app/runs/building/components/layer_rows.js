// A network as rows. The list lives here, with what can be undone; shapes, costs, mistakes and repairs come from Python.
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { GivenView } from "../payloads.js" */
/** @import { Edit, KindView, Layer, Network, NetworkView, PlainLayer, Question } from "./types.js" */

import { watchLifetime } from "../../../ui/components/lifetime.js";
import { findPart, makeOwnProp, setText } from "../../../ui/components/nodes.js";
import { createUndo } from "../../../ui/components/undo.js";
import { createBar } from "./bar.js";
import { watchDragging } from "./drag.js";
import { addLayer, dropLayer, editLayer } from "./edits.js";
import { createFlow } from "./flow.js";
import { keepLink } from "./keeping.js";
import { findPlace, readLayers, replaceLayer, takeLayer } from "./layer_list.js";
import { createMarks } from "./marks.js";
import { createPalette } from "./palette.js";
import { createQuestions, isReplacing } from "./questions.js";
import { createShownRows } from "./shown_rows.js";
import { createTextEditor } from "./text_editor.js";
import { createPublisher, readNetwork, writeValue } from "./value.js";
import { createWhole, listOutputs } from "./whole.js";

const TOO_LONG = "This network is too long for a link and for this browser to keep: save it as a file.";
const UNDER_WAY = "Your network is still being read. Press again in a moment.";

/** @type {(given: Mounted) => void} */
export function mount({ element, trigger, props, server, watch, keptProps }) {
  const own = makeOwnProp({ props, keptProps });
  const kinds = new Map(/** @type {KindView[]} */ (own("kinds")).map((kind) => [kind.name, kind]));
  const maxLayers = Number(own("maxLayers"));
  const maxLink = Number(own("maxLink"));
  const host = findPart(element, ".gb-build");
  const life = watchLifetime(host);
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const list = find(".gb-build-rows");
  const flowPlace = find(".gb-build-flow");
  const tell = (/** @type {string} */ sentence) => setText(find(".gb-build-told"), sentence);

  const first = typeof props.value === "string" ? props.value : "";
  let history = createUndo(readNetwork(first));
  let isTouched = false; // by hand: what came by a link is kept only then
  /** @type {NetworkView | null} */
  let view = null;
  /** @type {Network | null} */
  let viewOf = null; // which state it is of
  let isLinkWanted = false;

  // ---- What Python knows

  const questions = createQuestions({
    examine: (sent) => /** @type {Promise<string>} */ (server.examine(sent)),
    isOver: life.isOver,
    read: () => history.read(),
    readForm: () => editor.readForm(),
    take(question, answer) {
      if (answer.error) refuse(question, answer.error);
      else accept(question, /** @type {NetworkView} */ (answer));
    },
  });
  const { ask, afterwards } = questions;

  /** @type {(what: Omit<Question, "of">) => void} */
  function replace(what) {
    questions.replace(what);
    report();
  }

  /** @type {(question: Question, sentence: string) => void} */
  function refuse(question, sentence) {
    isLinkWanted = false;
    if (question.text === undefined) tell(sentence);
    else editor.refuse(sentence);
    show();
    if (isReplacing(question) && viewOf !== history.read()) ask(); // which had made way for it
  }

  /** @type {(question: Question, answer: NetworkView) => void} */
  function accept(question, answer) {
    const current = history.read();
    view = answer;
    viewOf = current;
    if (isReplacing(question)) {
      editor.letGo();
      const layers = readLayers(/** @type {PlainLayer[]} */ (view.layers), current.layers);
      viewOf = { name: view.name, layers };
      if (writeValue(viewOf, "") === writeValue(current, "")) viewOf = current;
      else keep(viewOf, question.text === undefined ? "" : "text");
    }
    if (isTouched) store(view.link);
    host.dataset.cardLink = view.link.length > maxLink ? "" : writeLink(view);
    show();
    if (isLinkWanted) copyLink();
  }

  /** @type {(link: string) => void} */
  function store(link) {
    if (link.length > maxLink) return tell(TOO_LONG);
    keepLink(link);
    bar.offerEarlier();
  }

  // ---- What the rest of the page is told

  // What keeps the network on the screen from being the one that would be trained.
  function findMistake() {
    if (questions.isUnderWay()) return UNDER_WAY;
    const mistake = editor.readMistake();
    return rows.findMistake(history.read().layers) || (mistake && `The text of your network is not taken. ${mistake}`);
  }

  const { publish, report, isOwn } = createPublisher(first, {
    write(value) {
      props.value = value;
    },
    tell: () => life.isOver() || trigger("input"),
    read: () => history.read(),
    findMistake,
  });

  // ---- What is done by hand

  /** @type {(network: Network, what?: string) => void} */
  function keep(network, what = "") {
    history.push(network, what);
    isTouched = true;
    publish();
  }

  /** @type {(layers: Layer[], what?: string) => void} */
  function setLayers(layers, what = "") {
    keep({ ...history.read(), layers }, what);
    show();
    ask();
  }

  /** @type {(edit: Edit | null) => void} */
  function apply(edit) {
    if (!edit) return;
    if (edit.marked !== undefined) marks.mark(edit.marked);
    if (edit.layers) setLayers(edit.layers);
    tell(edit.told);
    if (edit.shown !== undefined) reveal(edit.shown);
  }

  const actions = {
    /** @type {import("./types.js").RowActions["act"]} */
    act(key, action) {
      afterwards(() => {
        const edit = editLayer(history.read().layers, key, action, maxLayers);
        apply(edit);
        if (!edit || action !== "remove") return;
        const line = rows.get(marks.read()); // its button is gone
        findPart(line ?? host, line ? "[data-act=remove]" : ".gb-build-palette [tabindex='0']").focus();
      });
    },
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

  /** @type {(shown: NetworkView) => string} */
  const writeLink = ({ link }) => `?tab=runs&layers=${link}`;

  async function copyLink() {
    isLinkWanted = !view || viewOf !== history.read();
    if (!view || isLinkWanted) return tell("The link is copied as soon as it is known.");
    if (view.link.length > maxLink) return tell(TOO_LONG);
    await navigator.clipboard.writeText(new URL(writeLink(view), document.baseURI).href);
    tell("The link is copied: whoever opens it sees this network.");
  }

  /** @type {(what: string | null) => void} */
  function begin(what) {
    if (what === null) return tell("Choose what to begin with.");
    marks.mark(null);
    if (what) return replace({ begin: what });
    questions.drop();
    editor.letGo();
    keep({ name: "My network", layers: [] });
    show();
    ask();
  }

  const bar = createBar(host, {
    networks: /** @type {GivenView[]} */ (own("given")),
    begin,
    rename: (name) =>
      afterwards(() => {
        keep({ ...history.read(), name }, "name");
        show();
        ask();
      }),
    undo: () => afterwards(() => travel(history.undo() || Boolean(editor.readMistake()), "Undone.")),
    redo: () => afterwards(() => travel(history.redo(), "Done again.")),
    copyLink: () => afterwards(copyLink),
  });
  const editor = createTextEditor(find(".gb-build-text"), {
    maxText: Number(own("maxText")),
    write: (text) => replace({ text }),
    rewrite: () => afterwards(ask),
    tell,
  });
  watchDragging(list, life, flowPlace, (key, to) => afterwards(() => apply(dropLayer(history.read().layers, key, to))));

  // ---- What is shown

  /** @type {(key: number) => void} */
  function reveal(key) {
    rows.get(key)?.scrollIntoView({ block: "nearest" });
  }

  /** @type {(key: number) => void} */
  function goTo(key) {
    marks.mark(key);
    reveal(key);
    rows.get(key)?.querySelector("select")?.focus({ preventScroll: true });
  }

  const rows = createShownRows(list, kinds, actions);
  const flow = createFlow(/** @type {any} */ (find(".gb-build-flow svg")), find(".gb-build-scale"), {
    pick: goTo,
    point: (key) => marks.point(key),
  });
  const marks = createMarks(list, {
    all: rows.all,
    read: () => history.read().layers,
    maxLayers,
    markPicture: flow.mark,
    setWhere: createPalette(find(".gb-build-palette"), [...kinds.values()], (kind) =>
      afterwards(() => apply(addLayer(history.read().layers, marks.read(), kind, maxLayers))),
    ),
  });
  const showSums = createWhole(host, { mend: actions.mend, show: goTo });

  function show() {
    const { name, layers } = history.read();
    const isOld = viewOf !== history.read();
    bar.fill(name, { undo: history.canUndo() || Boolean(editor.readMistake()), redo: history.canRedo() });
    rows.fill(layers, isOld ? null : view);
    host.classList.toggle("is-empty", layers.length === 0);
    if (!isOld && view) showWhole(view, layers);
    marks.show();
    report();
    host.dataset.answered = `${!isOld}`;
  }

  /** @type {(shown: NetworkView, layers: Layer[]) => void} */
  function showWhole(shown, layers) {
    setText(find(".gb-build-name-problem"), shown.name_problem);
    find(".gb-build-name").setAttribute("aria-invalid", `${Boolean(shown.name_problem)}`);
    showSums(shown, layers);
    flow.draw(listOutputs(shown, layers));
    editor.show(shown.text, shown.name);
  }

  const observer = new ResizeObserver(() => {
    flow.fit();
    if (view && viewOf === history.read()) flow.draw(listOutputs(view, history.read().layers));
    marks.show();
  });
  observer.observe(flowPlace);
  life.signal.addEventListener("abort", () => observer.disconnect());

  watch("value", () => {
    if (typeof props.value !== "string" || isOwn(props.value)) return;
    const network = readNetwork(props.value, history.read());
    questions.drop();
    editor.letGo();
    if (isTouched) history.push(network);
    else history = createUndo(network);
    show();
    ask();
  });
  show();
  ask();
}
