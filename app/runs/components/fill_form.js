// Fills in what a recipe decides, at once and without asking Python: an answer that came late would rewrite a
// field in which somebody types. `table` is laid out by `app.runs.controls`.
(table) => {
  const last = { ...table.opening };  // the network and the recipe that were filled in last
  const list = ({ network, recipe }) => ({ ...table.base, ...table.recipes[recipe]?.[network] });

  // `chosen` is the control that was used. A field that differs from what was filled in has been touched, and
  // keeps its value unless a recipe is chosen.
  const fill = (chosen, recipe, ...values) => {
    const form = Object.fromEntries(table.fields.map((name, place) => [name, values[place]]));
    const before = list(last);
    const fillsAll = chosen === "recipe" && recipe !== "free";
    const fillsUntouched = chosen === "network" && form.network !== last.network;
    if (chosen === "recipe") last.recipe = recipe;
    last.network = form.network;
    const after = list(last);
    const isTouched = (name) => JSON.stringify(form[name]) !== JSON.stringify(before[name]);
    const filled = table.decided.filter((name) => fillsAll || (fillsUntouched && !isTouched(name)));
    for (const name of filled) form[name] = after[name];
    return table.decided.map((name) => {
      const update = { __type__: "update" };
      if (filled.includes(name)) update.value = form[name];
      const [other, seenWith] = table.conditions[name] ?? [];
      if (other) update.visible = seenWith.includes(form[other]);
      return update;
    });
  };
  window.glassboxRunForm = { fill };
}
