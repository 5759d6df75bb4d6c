// Where a browser forbids storage (cookies are blocked, or the page is a frame of another site), reading localStorage
// already throws, and Gradio's page would never finish loading. There, the page remembers until it is closed, and says so.

export function allowStorage() {
  for (const name of /** @type {const} */ (["localStorage", "sessionStorage"])) {
    try {
      window[name].getItem("");
    } catch {
      const kept = new Map();
      const store = {
        getItem: (/** @type {string} */ key) => kept.get(`${key}`) ?? null,
        setItem: (/** @type {string} */ key, /** @type {string} */ text) => {
          kept.set(`${key}`, `${text}`);
        },
        removeItem: (/** @type {string} */ key) => {
          kept.delete(`${key}`);
        },
        clear: () => kept.clear(),
        key: (/** @type {number} */ index) => [...kept.keys()][index] ?? null,
        get length() {
          return kept.size;
        },
      };
      Object.defineProperty(window, name, { configurable: true, value: store });
      document.documentElement.dataset.forgets = "";
    }
  }
}
