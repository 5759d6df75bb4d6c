// A list of a component whose choice is one of the `SECTION_PARAMETERS` of the page's address.

import { nameOwner, readAddress } from "./address.js";

// Takes what the address names, where the list has it, and follows what is chosen; the first choice is not named.
/** @type {(select: HTMLSelectElement, owner: string, parameter: string) => void} */
export function linkSelect(select, owner, parameter) {
  const first = select.value;
  const place = readAddress(location.search);
  const named = nameOwner(place) === owner ? new URLSearchParams(place.settings).get(parameter) : null;
  if ([...select.options].some(({ value }) => value === named)) select.value = /** @type {string} */ (named);
  select.addEventListener("change", () => {
    const text = select.value === first ? "" : `${parameter}=${select.value}`;
    window.glassboxPlaces?.follow(owner, text, parameter);
  });
}
