// The owner's keys of the runs that this browser started, by the runs' ids: Python asks for them before it changes a run.
// All windows of the browser share them; where it stores nothing, this window has them for as long as it is open.

const KEYS_KEY = "glassbox-run-keys";
const MAX_KEYS = 1000; // the oldest go first; far more than the runs that a visitor may keep

/** @type {() => Record<string, string>} */
const keysHere = () => (window.glassboxRunKeys ??= {});

/** @type {() => Record<string, string>} */
export function readRunKeys() {
  let stored = null;
  try {
    stored = JSON.parse(localStorage.getItem(KEYS_KEY) ?? "null");
  } catch {
    // It is blocked, or damaged.
  }
  return stored && typeof stored === "object" ? { ...keysHere(), ...stored } : keysHere();
}

/** @type {(keys: Record<string, string>) => void} */
export function keepRunKeys(keys) {
  Object.assign(keysHere(), keys);
  try {
    const all = Object.entries({ ...readRunKeys(), ...keys }).slice(-MAX_KEYS);
    localStorage.setItem(KEYS_KEY, JSON.stringify(Object.fromEntries(all)));
  } catch {
    // This window alone has them.
  }
}
