// Of the handlers that Gradio asks at the page's load, those that only read the page's address are asked where it has
// something for them: each other one would cost a request, and its answer an update, while the page becomes usable.

/**
 * What Gradio is told of a function, and which parameters of the address it reads, none for all (see `reads_address`).
 * @typedef {{ id: number, targets: [number | null, string][], trigger_after?: number | null, address_names?: string[] }} Listener
 */

// What follows a function that is left out is raised by the page's load in its place.
/** @type {(functions: Listener[], query: string) => void} */
export function skipIdleLoads(functions, query) {
  const given = new Set(new URLSearchParams(query).keys());
  for (const each of functions) {
    const { address_names: names } = each;
    delete each.address_names;
    if (!names || (names.length ? names.some((name) => given.has(name)) : given.size)) continue;
    const loads = each.targets.filter(([, event]) => event === "load");
    each.targets = each.targets.filter((target) => !loads.includes(target));
    for (const next of functions) if (next.trigger_after === each.id) next.targets.push(...loads);
  }
}
