// Rows that are dragged by their grips, with a mouse, a pen or a finger.
/** @import { Lifetime } from "../../../ui/components/types.js" */
/** @import { Place } from "./types.js" */

import { zoomOf } from "../../../ui/components/canvas.js";

const STARTS_PX = 5; // of a movement that is no press
const EDGE_PX = 80; // of the browser window, near which the page is scrolled
const SCROLL_PX = 10; // a frame

/** @typedef {{ place: Place, y: number, left: number, width: number }} Gap */

// The places between rows, from top to bottom, as they lie in the browser window; a block goes into no block.
/** @type {(list: HTMLElement, isBlock: boolean) => Gap[]} */
function listGaps(list, isBlock) {
  /** @type {Gap[]} */
  const gaps = [];
  /** @type {(rows: HTMLElement, above: number[]) => void} */
  function add(rows, above) {
    const box = rows.getBoundingClientRect();
    const own = /** @type {HTMLElement[]} */ ([...rows.children]);
    own.forEach((row, index) => {
      gaps.push({ place: [...above, index], y: row.getBoundingClientRect().top, left: box.left, width: box.width });
      const body = /** @type {HTMLElement | null} */ (row.querySelector(":scope > ol"));
      if (body && !isBlock) add(body, [index]);
    });
    const last = own.at(-1)?.getBoundingClientRect().bottom ?? box.top + 8;
    gaps.push({ place: [...above, own.length], y: last, left: box.left, width: box.width });
  }
  add(list, []);
  return gaps;
}

// `cover` stays at the top of the browser window while the rows scroll; `drop` is called with the key of a row and the
// gap that it is put into.
/** @type {(list: HTMLElement, life: Lifetime, cover: HTMLElement, drop: (key: number, to: Place) => void) => void} */
export function watchDragging(list, life, cover, drop) {
  const marker = document.createElement("div");
  marker.className = "gb-build-marker";
  marker.hidden = true;
  list.after(marker);
  /** @type {{ row: HTMLElement, id: number, startY: number, y: number, isMoving: boolean, gap: Gap | null } | null} */
  let drag = null;

  list.addEventListener("pointerdown", (event) => {
    const grip = /** @type {HTMLElement} */ (event.target).closest(".gb-layer-grip");
    const row = /** @type {HTMLElement | null} */ (grip?.closest(".gb-layer"));
    if (!grip || !row || event.button !== 0 || drag) return;
    grip.setPointerCapture(event.pointerId);
    drag = { row, id: event.pointerId, startY: event.clientY, y: event.clientY, isMoving: false, gap: null };
  });
  list.addEventListener("pointermove", (event) => {
    if (drag?.id !== event.pointerId) return;
    drag.y = event.clientY;
    if (drag.isMoving) return showGap();
    if (Math.abs(drag.y - drag.startY) < STARTS_PX) return;
    drag.isMoving = true;
    drag.row.classList.add("is-dragged");
    showGap();
    requestAnimationFrame(scroll);
  });
  // On the page: a row that is gone hears no pointer.
  life.listen(document, "pointerup", (event) => isOwn(event) && end(true));
  life.listen(document, "pointercancel", (event) => isOwn(event) && end(false));
  life.listen(document, "keydown", (event) => {
    if (drag?.isMoving && event.key === "Escape") end(false);
  });

  const isOwn = (/** @type {Event} */ event) => /** @type {PointerEvent} */ (event).pointerId === drag?.id;

  function showGap() {
    if (!drag) return;
    if (!drag.row.isConnected) return end(false);
    const { y, row } = drag;
    const gaps = listGaps(list, Boolean(row.querySelector(":scope > ol")));
    const gap = gaps.reduce((near, one) => (Math.abs(one.y - y) < Math.abs(near.y - y) ? one : near));
    drag.gap = gap;
    const box = /** @type {HTMLElement} */ (marker.offsetParent ?? list).getBoundingClientRect();
    marker.hidden = false;
    const zoom = zoomOf(marker);
    marker.style.top = `${(gap.y - box.top) / zoom - 2}px`;
    marker.style.left = `${(gap.left - box.left) / zoom}px`;
    marker.style.width = `${gap.width / zoom}px`;
  }

  function scroll() {
    if (!drag?.isMoving || life.isOver()) return;
    if (!drag.row.isConnected) return end(false);
    const { top: above, bottom } = cover.getBoundingClientRect();
    const top = EDGE_PX + (above > 0 ? 0 : Math.max(0, bottom));
    const by = drag.y < top ? -SCROLL_PX : drag.y > window.innerHeight - EDGE_PX ? SCROLL_PX : 0;
    if (by) {
      window.scrollBy(0, by);
      showGap();
    }
    requestAnimationFrame(scroll);
  }

  /** @type {(isDropped: boolean) => void} */
  function end(isDropped) {
    if (!drag) return;
    const { row, gap, isMoving } = drag;
    drag = null;
    marker.hidden = true;
    row.classList.remove("is-dragged");
    if (isDropped && isMoving && gap && row.isConnected) drop(Number(row.dataset.key), gap.place);
  }
}
