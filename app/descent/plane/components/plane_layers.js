// What the layers of the networks on the bench go through: all moments are asked for once, and then the tables follow the
// bench's cursor. Nothing is asked or drawn while they are out of sight, as in a closed section.
/** @import { LayerMoment } from "../../../ui/payloads.js" */
/** @import { Mounted } from "../../../ui/components/types.js" */
/** @import { PlaneLayers } from "../payloads.js" */
/** @import { PlanePage, Shown } from "./types.js" */

import { createChannel } from "../../../ui/components/answers.js";
import { createAsker, readAnswer } from "../../../ui/components/asking.js";
import { findScales } from "../../../ui/components/layer_scales.js";
import { createLayerTable } from "../../../ui/components/layer_table.js";
import { watchLifetime } from "../../../ui/components/lifetime.js";
import { findPart, setText } from "../../../ui/components/nodes.js";
import { WHOLE } from "../../../ui/components/numbers.js";
import { markOld } from "../../../ui/components/old_result.js";
import { followShown } from "./shown.js";

/** @type {(given: Mounted) => void} */
export function mount({ element, server }) {
  const page = /** @type {PlanePage} */ (/** @type {object} */ (createChannel("glassboxPlane").page));
  const root = findPart(element, ".gb-plane-layers");
  const state = findPart(root, ".gb-plane-layers-state");
  const cursor = findPart(root, ".gb-plane-layers-cursor");
  const play = findPart(cursor, "button");
  const slider = /** @type {HTMLInputElement} */ (findPart(cursor, "input"));
  const networks = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-slot]")]);
  const tables = networks.map(createLayerTable);
  const findings = networks.map((network) => findPart(network, ".gb-layers-findings"));
  const lifetime = watchLifetime(root);
  let isInSight = false;
  let link = ""; // the training that was asked about, as its address
  /** @type {LayerMoment[][]} */
  let moments = []; // of each of its networks, as far as they are measured
  let error = "";
  let tallest = 0; // in pixels, of the sentences said of this training, so that the bars below do not go up and down

  // ---- Questions to Python: all moments of a training, some at a time

  const askInTurn = createAsker(
    async (/** @type {{ link: string, first: number }} */ question) => ({
      question,
      answer: /** @type {Required<PlaneLayers> & { error?: string }} */ (readAnswer(await server.measure(question))),
    }),
    ({ question, answer }) => {
      if (question.link !== link) return; // the bench shows another training by now
      error = answer.error ?? "";
      if (!error) take(answer);
      follow();
    },
  );

  /** @type {(answer: Required<PlaneLayers>) => void} */
  function take(answer) {
    if (answer.titles) layOut(answer.titles);
    answer.moments.forEach((some, index) => {
      moments[index].splice(answer.first, Number.POSITIVE_INFINITY, ...some);
    });
    const scales = findScales(moments.flat());
    moments.forEach((some, index) => {
      tables[index].setMoments(some, scales, page.shown?.numMoments);
    });
    if (!answer.is_done && isInSight) askInTurn({ link, first: moments[0].length });
    else if (!answer.is_done) link = ""; // to be gone on with once it is in sight again
  }

  /** @type {(titles: PlaneLayers["titles"]) => void} */
  function layOut(titles = []) {
    moments = titles.map(() => []);
    keepRoom(0);
    networks.forEach((network, index) => {
      network.hidden = index >= titles.length;
      if (titles[index]) tables[index].setLayers(titles[index]);
    });
    findPart(root, ".gb-plane-layers-networks").classList.toggle("has-two", titles.length > 1);
  }

  // ---- The bench's cursor

  function follow() {
    const { shown } = page;
    if (!isInSight || !shown) return;
    if (shown.isDone && shown.link !== link) {
      link = shown.link;
      moments = [];
      error = "";
      askInTurn({ link, first: 0 });
    }
    const isThere = shown.isDone && shown.link === link && shown.place < (moments[0]?.length ?? 0);
    setText(state, isThere ? "" : error || (shown.isDone ? "Measuring the layers \u2026" : "Training \u2026"));
    root.classList.toggle("is-waiting", !isThere);
    root.ariaBusy = `${!isThere && !error}`;
    markOld(root, shown.isOld);
    showCursor(shown);
    if (isThere) showMoment(shown);
  }

  /** @type {(shown: Shown) => void} */
  function showCursor({ place, numMoments, epoch, epochs, isPlaying }) {
    cursor.hidden = false;
    setText(play, isPlaying ? "Pause" : "Play");
    slider.max = `${numMoments - 1}`;
    slider.value = `${place}`;
    const told = `After epoch ${WHOLE.format(epoch)} of ${WHOLE.format(epochs)}`;
    slider.setAttribute("aria-valuetext", told);
    setText(findPart(cursor, "output"), told);
  }

  /** @type {(shown: Shown) => void} */
  function showMoment({ place, titles }) {
    moments.forEach((some, index) => {
      const title = titles.length > 1 ? `${"AB"[index]} \u00b7 ${titles[index]}` : titles[index];
      setText(findPart(networks[index], "h4"), title);
      setText(
        findPart(networks[index], ".gb-plane-layers-step"),
        `In the next step, number ${WHOLE.format(some[place].step)}`,
      );
      tables[index].show(place);
    });
    keepRoom(Math.max(tallest, ...findings.map((list) => list.offsetHeight)));
    findPart(root, ".gb-plane-layers-key").hidden = false;
    root.dataset.place = `${place}`;
    root.dataset.moments = `${moments[0].length}`;
  }

  /** @type {(height: number) => void} */
  function keepRoom(height) {
    if (height === tallest) return;
    tallest = height;
    for (const list of findings) list.style.minHeight = height ? `${height}px` : "";
  }

  play.addEventListener("click", () => {
    if (page.shown?.isPlaying) page.transport?.pause();
    else page.transport?.play();
  });
  slider.addEventListener("input", () => page.transport?.moveTo(Number(slider.value)));
  root.addEventListener("keydown", (event) => page.transport?.onKey(event));

  // ---- Whether anybody can see it

  const observer = new IntersectionObserver((entries) => {
    isInSight = entries[entries.length - 1].isIntersecting;
    if (error) link = ""; // whoever comes back tries again
    follow();
  });
  observer.observe(root);
  lifetime.signal.addEventListener("abort", () => observer.disconnect());
  followShown(lifetime, follow);
}
