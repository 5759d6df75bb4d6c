// List what our scripts have left behind: listeners to the page, observers, timers, frames and workers that are still
// alive. What the browser's driver or the page around them asks for is not theirs.

(() => {
  const alive = new Map(); // what is alive -> its name
  const isOurs = () => new Error().stack.includes("/glassbox/scripts/");
  const count = (what, name) => {
    if (isOurs()) alive.set(what, name);
  };
  const key = (...parts) => JSON.stringify(parts);
  const numbers = new WeakMap();
  const number = (value) => {
    if (!numbers.has(value)) numbers.set(value, Math.random());
    return numbers.get(value);
  };

  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const isOfPage = (target) =>
    target === undefined || target === window || target === document || target instanceof MediaQueryList;
  EventTarget.prototype.addEventListener = function (type, react, options) {
    if (isOfPage(this)) {
      const name = key(type, number(react));
      count(name, `listener: ${type}`);
      if (options?.signal) addEventListener.call(options.signal, "abort", () => alive.delete(name));
    }
    return addEventListener.call(this, type, react, options);
  };
  EventTarget.prototype.removeEventListener = function (type, react, options) {
    if (isOfPage(this)) alive.delete(key(type, number(react)));
    return removeEventListener.call(this, type, react, options);
  };

  for (const kind of ["ResizeObserver", "MutationObserver", "IntersectionObserver"]) {
    window[kind] = class extends window[kind] {
      observe(...given) {
        count(this, kind);
        return super.observe(...given);
      }

      disconnect() {
        alive.delete(this);
        return super.disconnect();
      }
    };
  }

  for (const [ask, cancel] of [
    ["setTimeout", "clearTimeout"],
    ["requestAnimationFrame", "cancelAnimationFrame"],
  ]) {
    const [plainAsk, plainCancel] = [window[ask], window[cancel]];
    window[ask] = (react, ...rest) => {
      const id = plainAsk(
        (...given) => {
          alive.delete(key(ask, id));
          react(...given);
        },
        ...rest,
      );
      count(key(ask, id), ask);
      return id;
    };
    window[cancel] = (id) => {
      alive.delete(key(ask, id));
      plainCancel(id);
    };
  }
  const { setInterval, Worker } = window;
  window.setInterval = (...given) => {
    count({}, "setInterval");
    return setInterval(...given);
  };
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      count(this, "Worker");
    }
  };

  window.listAlive = () => [...alive.values()].sort();
})();
