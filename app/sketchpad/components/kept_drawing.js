// The visitor's drawing outlives a reload of the page, such as Gradio's own once a lost server is back; in this tab alone.

const KEY = "glassbox-pad";

// Keep a drawing, or none.
export function keepDrawing(drawing) {
  try {
    if (drawing) sessionStorage.setItem(KEY, JSON.stringify(drawing));
    else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that stores nothing, or an image too large for it.
  }
}

export function readKeptDrawing() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    return kept && (kept.picture || kept.strokes?.length) ? kept : null;
  } catch {
    return null;
  }
}
