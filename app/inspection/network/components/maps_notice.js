// Why the last choice cannot be shown; empty while it can. maps.js says it.

import { watchLifetime } from "../../../ui/components/lifetime.js";

export function mount({ element }) {
  const notice = element.querySelector(".gb-notice");
  watchLifetime(notice).listen(document, "glassbox-maps", ({ detail }) => {
    notice.replaceChildren();
    notice.classList.toggle("gb-missing", detail.isMissing);
    if (detail.text) notice.appendChild(document.createElement("p")).textContent = detail.text;
  });
}
