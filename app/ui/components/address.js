// Where a visitor is, as the page's address says it: `?tab=inspection&lab=network&open=what-one-number-can-see&index=7`.
/** @import { Place } from "./types.js" */

export const TABS = ["descent", "inspection", "runs", "sketchpad"];
export const LABS = ["window", "network", "microscope", "architecture"];
const NAMES = ["tab", "lab", "open"];
const LABS_TAB = "inspection";
// What goes on counting on another tab: Gradio's own, and the lesson's.
const EVERYWHERE = /^(__|utm_|solutions$|lesson$|step$|view$)/;

/** @type {(search: string) => Place} */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  // As Python takes what stands there twice.
  const [tab, lab, open] = NAMES.map((name) => query.getAll(name).pop() ?? "");
  const others = [...query].filter(([name]) => !NAMES.includes(name));
  const settings = new URLSearchParams(others.filter(([name]) => !EVERYWHERE.test(name)));
  const everywhere = new URLSearchParams(others.filter(([name]) => EVERYWHERE.test(name)));
  return {
    tab: TABS.includes(tab) ? tab : TABS[0],
    lab: LABS.includes(lab) ? lab : LABS[0],
    open,
    settings: `${settings}`,
    everywhere: `${everywhere}`,
  };
}

/** @type {(place: Place) => string} */
export function writeAddress({ tab, lab, open, settings, everywhere }) {
  const named = { tab, lab: tab === LABS_TAB && lab !== LABS[0] ? lab : "", open };
  const ours = new URLSearchParams(Object.entries(named).filter(([, value]) => value));
  const parts = [everywhere, `${ours}`, `${new URLSearchParams(settings)}`].filter(Boolean);
  return `?${parts.join("&").replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}

// Whose settings stand in the address: each tab's, and each lab's, are its own.
/** @type {(place: Pick<Place, "tab" | "lab">) => string} */
export function nameOwner({ tab, lab }) {
  return tab === LABS_TAB ? `${tab}/${lab}` : tab;
}
