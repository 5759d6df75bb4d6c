// Of the handlers that Gradio asks at the page's load, those that only read the page's address, or what the browser keeps,
// are asked where there is something for them: each other one would cost a request, and its answer an update, while the page
// becomes usable.

/**
 * What Gradio is told of a function, and what it goes by (see `Reading` of addresses.py).
 * @typedef {{ names: string[], stored: string[], usual: Record<string, string[]> }} Reading
 * @typedef {{ id: number, targets: [number | null, string][], trigger_after?: number | null, reading?: Reading }} Listener
 */

// What follows a function that is left out is raised by the page's load in its place.
/** @type {(functions: Listener[], query: string, isStored: (key: string) => boolean) => void} */
export function skipIdleLoads(functions, query, isStored) {
  const given = [...new URLSearchParams(query)];
  /** @type {(reading: Reading) => boolean} */
  const isWanted = ({ names, stored, usual }) =>
    stored.some(isStored) ||
    given.some(([name, value]) => (!names.length || names.includes(name)) && !usual[name]?.includes(value)) ||
    Object.keys(usual).some((name) => given.filter((pair) => pair[0] === name).length > 1);
  for (const each of functions) {
    const { reading } = each;
    delete each.reading;
    if (!reading || isWanted(reading)) continue;
    const loads = each.targets.filter(([, event]) => event === "load");
    each.targets = each.targets.filter((target) => !loads.includes(target));
    for (const next of functions) if (next.trigger_after === each.id) next.targets.push(...loads);
  }
}
