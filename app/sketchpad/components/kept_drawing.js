// The visitor's drawing outlives a reload of the page, such as Gradio's own once a lost server is back; in this tab alone.
/** @import { SentDrawing, Stroke } from "./types.js" */

const KEY = "glassbox-pad";

// Keep a drawing, or none.
/** @param {SentDrawing | null} drawing */
export function keepDrawing(drawing) {
  try {
    if (drawing) sessionStorage.setItem(KEY, JSON.stringify(drawing));
    else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that stores nothing, or an image too large for it.
  }
}

/** @returns {{ picture?: string, strokes?: Stroke[], size?: number } | null} */
export function readKeptDrawing() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return kept && (kept.picture || kept.strokes?.length) ? kept : null;
  } catch {
    return null;
  }
}
