// What the sections about runs share: which run the visitor looks at and which are ticked, as the list of runs says.
/** @import { Lifetime } from "../../ui/components/types.js" */

export const FIRST_FOCUS = { id: "example", status: "done", known: [] };
const FIRST_TICKED = { ids: [] };

// Call `take` with what the list said last and with every event of this name for the component's lifetime. The list leaves
// it in window.glassboxRuns, for sections that come later.
/** @type {(life: Lifetime, name: string, take: (detail: any) => void) => void} */
export function follow(life, name, take) {
  const key = name === "glassbox-run" ? "run" : "compared";
  const first = key === "run" ? FIRST_FOCUS : FIRST_TICKED;
  life.listen(document, name, ({ detail }) => take(detail || first));
  take(window.glassboxRuns?.[key] || first);
}
