// What the bench shows: of which training, how far that has come, and where the cursor stands. Its other components
// follow it, and move the cursor by the bench's transport.
/** @import { Lifetime } from "../../../ui/components/types.js" */
/** @import { PlanePage, Shown } from "./types.js" */

const NEWS = "glassboxPlane-shown";

/** @type {(page: PlanePage, shown: Shown) => void} */
export function tellShown(page, shown) {
  page.shown = shown;
  document.dispatchEvent(new CustomEvent(NEWS));
}

/** @type {(lifetime: Lifetime, follow: () => void) => void} */
export function followShown(lifetime, follow) {
  lifetime.listen(document, NEWS, follow);
}
