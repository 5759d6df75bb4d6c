// How long a component is on the page. Gradio tells nobody when it takes one off; that its place has no size then is told.
/** @import { Lifetime } from "./types.js" */

// The signal ends with the component; until then `listen` hears events of the page.
/** @type {(host: Element) => Lifetime} */
export function watchLifetime(host) {
  const end = new AbortController();
  const isOver = () => {
    if (!host.isConnected) end.abort();
    return end.signal.aborted;
  };
  const observer = new ResizeObserver(isOver);
  observer.observe(host);
  end.signal.addEventListener("abort", () => observer.disconnect());

  /** @type {Lifetime["listen"]} */
  function listen(target, type, hear) {
    target.addEventListener(
      type,
      (event) => {
        if (!isOver()) hear(event);
      },
      { signal: end.signal },
    );
  }

  return { signal: end.signal, isOver, listen };
}
