/** @import { FormTable, Update } from "./types.js" */

// Fills in what a recipe decides, at once and without asking Python: an answer that came late would rewrite a field in which
// somebody types. `table` is laid out by `app.runs.controls`. Returns the function to call when a control is used.
/** @type {(table: FormTable) => (chosen: string, recipe: string, ...values: unknown[]) => unknown[]} */
export function createFilling(table) {
  const last = { ...table.opening }; // the network and the recipe that were filled in last
  /** @type {(chosen: { network: string, recipe: string }) => Record<string, unknown>} */
  const list = ({ network, recipe }) => ({ ...table.base, ...table.recipes[recipe]?.[network] });

  // `chosen` is the control that was used. A field that differs from what was filled in has been touched, and
  // keeps its value unless a recipe is chosen. Gradio's list says that it was used also when it is left as it
  // was: where a touched field had made the recipe "free" before, the one that was followed still is.
  return (chosen, recipe, ...values) => {
    /** @type {Record<string, any>} */
    const form = Object.fromEntries(table.fields.map((name, place) => [name, values[place]]));
    const before = list(last);
    const fillsAll = chosen === "recipe" && recipe !== "free";
    const fillsUntouched = chosen === "network" && form.network !== last.network;
    const isSeen = (/** @type {string} */ name) => {
      const condition = table.conditions[name];
      return !condition || condition[1].includes(form[condition[0]]);
    };
    const isTouched = (/** @type {string} */ name) => JSON.stringify(form[name]) !== JSON.stringify(before[name]);
    const isLeft = table.decided.some((name) => isSeen(name) && isTouched(name));
    const isFreed = chosen === "recipe" && recipe === "free" && last.recipe !== "free" && !isLeft;
    if (fillsAll || isFreed) last.recipe = recipe;
    last.network = form.network;
    const after = list(last);
    const filled = table.decided.filter((name) => fillsAll || (fillsUntouched && !isTouched(name)));
    for (const name of filled) form[name] = after[name];
    const opened = { __type__: "update", ...(isFreed && { open: true }) };
    return [
      last.recipe,
      opened,
      ...table.decided.map((name) => {
        /** @type {Update} */
        const update = { __type__: "update" };
        if (filled.includes(name)) update.value = form[name];
        if (name in table.conditions) update.visible = isSeen(name);
        return update;
      }),
    ];
  };
}
