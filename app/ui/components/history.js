// The page's address and the browser's history follow the visitor: another tab, lab or section makes an entry for Back,
// another setting changes the one that is there.
/** @import { Place, Places } from "./types.js" */

import { nameOwner, readAddress, SECTION_PARAMETERS, writeAddress } from "./address.js";

// `show` takes the visitor to a place that Back or Forward names.
/** @type {(show: (place: Place) => void) => Places} */
export function followPlaces(show) {
  let here = readAddress(location.search);
  /** @type {Map<string, string>} */
  const settings = new Map([[nameOwner(here), here.settings]]); // of each owner, as they were last

  /** @type {(place: Place, replaces: boolean) => void} */
  function write(place, replaces) {
    here = place;
    const address = new URL(location.href);
    address.search = writeAddress(place);
    if (address.href === location.href) return;
    if (replaces) history.replaceState(history.state, "", address);
    else history.pushState(history.state, "", address);
  }

  /** @type {Places["go"]} */
  function go(to, { replaces = false } = {}) {
    const left = readAddress(location.search); // some of it may have done its work and be gone
    settings.set(nameOwner(here), left.settings);
    const place = { ...here, open: "", everywhere: left.everywhere, ...to };
    write({ ...place, settings: settings.get(nameOwner(place)) ?? "" }, replaces);
  }

  /** @type {Places["follow"]} */
  function follow(owner, text, parameter) {
    const before = [...new URLSearchParams(settings.get(owner))];
    const kept = before.filter(([name]) => (parameter ? name !== parameter : SECTION_PARAMETERS.includes(name)));
    const changed = [...new URLSearchParams(text)];
    const after = `${new URLSearchParams(parameter ? [...kept, ...changed] : [...changed, ...kept])}`;
    if (`${new URLSearchParams(before)}` === after) return;
    settings.set(owner, after);
    if (owner === nameOwner(here)) write({ ...here, ...readAddress(location.search), settings: after }, true);
  }

  addEventListener("popstate", () => {
    const place = readAddress(location.search);
    // From before the page was loaded: Python has read the settings of no other tab than the first one's. Loaded anew,
    // this is the first one.
    if (place.settings && !settings.has(nameOwner(place))) return location.reload();
    // What was set meanwhile is what is shown.
    write({ ...place, settings: settings.get(nameOwner(place)) ?? place.settings }, true);
    show(here);
  });

  return { go, follow, where: () => here };
}
