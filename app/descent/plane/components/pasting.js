// Points that are pasted from a spreadsheet while the bench has the focus.
/** @import { Lifetime } from "../../../ui/components/types.js" */

import { readNumber } from "../../../ui/components/read_number.js";
import { readPastedClasses } from "./own_points.js";

/** @type {(bench: HTMLElement, lifetime: Lifetime, limit: number, hear: { onPoints: (own: number[][]) => void, onMistake: (text: string) => void }) => void} */
export function watchPaste(bench, lifetime, limit, { onPoints, onMistake }) {
  lifetime.listen(document, "paste", (event) => {
    const focused = document.activeElement;
    if (!focused || !bench.contains(focused) || focused instanceof HTMLInputElement) return;
    try {
      const own = readPastedClasses(event.clipboardData.getData("text"), readNumber, limit);
      if (!own) return;
      onPoints(own);
    } catch (mistake) {
      onMistake(mistake instanceof Error ? mistake.message : `${mistake}`);
    }
    event.preventDefault();
  });
}
