// The visitor's drawing outlives a reload of the page, such as Gradio's own once a lost server is back; in this tab alone.

const KEPT_KEY = "glassbox-pad";

function keepDrawing() {
  if (!pad.isConnected) return;
  try {
    if (isExampleInk || !hasInk()) return sessionStorage.removeItem(KEPT_KEY);
    stopPlaying();  // or half a replay would be kept
    sessionStorage.setItem(KEPT_KEY, JSON.stringify(currentDrawing()));
  } catch {
    // A browser that stores nothing, or an image too large for it.
  }
}

function readKept() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_KEY));
    return kept && (kept.picture || kept.strokes?.length) ? kept : null;
  } catch {
    return null;
  }
}

window.addEventListener("pagehide", keepDrawing);
document.addEventListener("visibilitychange", () => { if (document.hidden) keepDrawing(); });
