// Where a visitor is, as the page's address says it: `?tab=inspection&lab=network&open=what-one-number-can-see&index=7`.
/** @import { Place } from "./types.js" */

export const TABS = ["descent", "inspection", "runs", "sketchpad"];
export const LABS = ["window", "network", "microscope", "architecture"];
export const BENCHES = ["steps", "network"];
// The tabs that have parts, one shown at a time: what they are called in an address, and where their own tabs stand.
/** @type {Record<string, { name: "lab" | "bench", row: string, parts: string[] }>} */
export const PARTED = {
  inspection: { name: "lab", row: "gb-labs", parts: LABS },
  descent: { name: "bench", row: "gb-benches", parts: BENCHES },
};
// A section's own settings are one parameter each, of which the stage above it knows nothing.
export const SECTION_PARAMETERS = [
  "chart",
  "example",
  "depths",
  "seeds",
  "split_seed",
  "step_network",
  "dropout_exercise",
  "patch",
];
const NAMES = ["tab", "lab", "bench", "open"];
// What goes on counting on another tab: Gradio's own, and the lesson's.
const EVERYWHERE = /^(__|utm_|solutions$|lesson$|step$|view$)/;

/** @type {(search: string) => Place} */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  // As Python takes what stands there twice.
  const [tab, lab, bench, open] = NAMES.map((name) => query.getAll(name).pop() ?? "");
  const others = [...query].filter(([name]) => !NAMES.includes(name));
  const settings = new URLSearchParams(others.filter(([name]) => !EVERYWHERE.test(name)));
  const everywhere = new URLSearchParams(others.filter(([name]) => EVERYWHERE.test(name)));
  return {
    tab: TABS.includes(tab) ? tab : TABS[0],
    lab: LABS.includes(lab) ? lab : LABS[0],
    bench: BENCHES.includes(bench) ? bench : BENCHES[0],
    open,
    settings: `${settings}`,
    everywhere: `${everywhere}`,
  };
}

/** @type {(place: Place) => string} */
export function writeAddress(place) {
  const { tab, open, settings, everywhere } = place;
  const parted = PARTED[tab];
  const part = parted && place[parted.name] !== parted.parts[0] ? { [parted.name]: place[parted.name] } : {};
  const named = { tab, ...part, open };
  const ours = new URLSearchParams(Object.entries(named).filter(([, value]) => value));
  const parts = [everywhere, `${ours}`, `${new URLSearchParams(settings)}`].filter(Boolean);
  return `?${parts.join("&").replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}

// Whose settings stand in the address: each tab's, each lab's and each bench's are its own.
/** @type {(place: Pick<Place, "tab" | "lab" | "bench">) => string} */
export function nameOwner(place) {
  const parted = PARTED[place.tab];
  return parted ? `${place.tab}/${place[parted.name]}` : place.tab;
}
