// A visitor's runs. The browser's windows share one list: a run that one of them starts or deletes shows in all. What was
// taken off it another window may still know of, and must not bring back.
/** @import { SharedList } from "./types.js" */

export const SHARED_KEY = "glassbox-run-ids"; // app/runs/tab.py reads both too
export const REMOVED_KEY = "glassbox-removed-run-ids";
const MAX_REMOVED = 1000;

// What is stored, however it came there.
/** @type {(text: string | null) => string[]} */
function readIds(text) {
  try {
    const stored = JSON.parse(text ?? "");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

// `owner` is the window, whose storage may be forbidden: then this window is alone.
/** @type {(owner: { localStorage: Pick<Storage, "getItem" | "setItem"> }) => SharedList} */
export function createSharedList(owner) {
  /** @type {string[]} */
  let ids = []; // oldest first

  /** @type {(key: string) => string[]} */
  function recall(key) {
    try {
      return readIds(owner.localStorage.getItem(key));
    } catch {
      return [];
    }
  }

  /** @type {(key: string, list: string[]) => void} */
  function remember(key, list) {
    try {
      owner.localStorage.setItem(key, JSON.stringify(list));
    } catch {
      // The same.
    }
  }

  /** @type {(newIds: string[]) => void} */
  function set(newIds) {
    ids = [...new Set(newIds)];
    remember(SHARED_KEY, ids);
    remember(
      REMOVED_KEY,
      recall(REMOVED_KEY).filter((id) => !ids.includes(id)),
    );
  }

  // Python's list may be older than a run that this window or another has started since.
  /** @type {(known: string[]) => void} */
  function merge(known) {
    set([...[...ids, ...recall(SHARED_KEY)].filter((id) => !known.includes(id)), ...known]);
  }

  /** @type {(gone: string[]) => void} */
  function remove(gone) {
    set(ids.filter((id) => !gone.includes(id)));
    remember(REMOVED_KEY, [...new Set([...recall(REMOVED_KEY), ...gone])].slice(-MAX_REMOVED));
  }

  // The list as another window has just stored it.
  /** @type {(text: string) => void} */
  function adopt(text) {
    ids = readIds(text);
  }

  return { set, merge, remove, adopt, read: () => [...ids], has: (id) => ids.includes(id) };
}
