// How long a component is on the page. Gradio tells nobody when it takes one off; that its place has no size then is told.
/** @import { Lifetime } from "./types.js" */

const NEAR_PX = 600; // below the screen or above it
const FAR_MS = 1500;

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

// What a component that is far from the screen asks of Python waits until it is near, at the latest until the page has had
// time for what people see first. Returns what calls an act then, of several the last; from then on at once.
/** @type {(host: Element, life: Lifetime) => (act: () => void) => void} */
export function waitUntilNear(host, { signal }) {
  let isWaiting = true;
  /** @type {(() => void) | undefined} */
  let latest;
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries[entries.length - 1].isIntersecting) begin();
    },
    { rootMargin: `${NEAR_PX}px` },
  );
  const timer = setTimeout(begin, FAR_MS);
  observer.observe(host);
  signal.addEventListener("abort", stop);

  function stop() {
    isWaiting = false;
    clearTimeout(timer);
    observer.disconnect();
  }

  function begin() {
    stop();
    latest?.();
  }

  return (act) => {
    if (isWaiting) latest = act;
    else act();
  };
}
