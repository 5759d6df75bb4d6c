// The way to the lessons: a button, and a link that names one. All else is asked for when one of them is used.
/** @import { LessonServer } from "./types.js" */
/** @import { Mounted } from "../../ui/components/types.js" */

import { watchLifetime } from "../../ui/components/lifetime.js";
import { findPart, setText } from "../../ui/components/nodes.js";

/** @param {Mounted} given */
export function mount({ element, server }) {
  const host = findPart(element, ".gb-lessons");
  const button = findPart(host, ".gb-lessons-open");
  const life = watchLifetime(host);
  /** @type {Promise<import("./lesson_panel.js").Panel> | undefined} */
  let panel;

  /** @type {(act: (panel: import("./lesson_panel.js").Panel) => void) => Promise<void>} */
  async function withPanel(act) {
    panel ??= import("./lesson_panel.js").then(({ createPanel }) =>
      createPanel(host, /** @type {LessonServer} */ (/** @type {unknown} */ (server))),
    );
    try {
      act(await panel);
    } catch (error) {
      console.error(error);
      setText(button, "The lessons did not arrive. Load the page again.");
    }
  }

  const openAddressed = () => {
    if (panel || new URLSearchParams(location.search).has("lesson")) withPanel((opened) => opened.openAddressed());
  };
  button.addEventListener("click", () => withPanel((opened) => opened.toggle()));
  life.listen(window, "popstate", openAddressed);
  openAddressed();
}
