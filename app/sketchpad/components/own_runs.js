// The ids of this visitor's runs, as the section "Training runs" keeps them for all windows of the browser.

const RUNS_KEY = "glassbox-run-ids";

/** @type {() => string[]} */
export function readOwnRuns() {
  try {
    const ids = JSON.parse(localStorage.getItem(RUNS_KEY) ?? "null");
    return Array.isArray(ids) ? ids : [];
  } catch {
    return [];
  }
}

// Training runs shares its list, but only once its tab has been open.
/** @param {string} id */
export function shareOwnRun(id) {
  try {
    localStorage.setItem(RUNS_KEY, JSON.stringify([...readOwnRuns(), id]));
  } catch {
    // A browser that stores nothing has this window alone.
  }
}
