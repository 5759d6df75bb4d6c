// What begins every component: it gives `mount` the props that are ours, and what Python changed before the script was there.
/** @import { Mounted, Props, Watch } from "./types.js" */

// `key` names the component for the page's life, `first` are its own props' first values, `before` all props as they were
// when Gradio showed it.
/** @type {(mount: (given: Mounted) => void, given: Omit<Mounted, "keptProps"> & { key: string, first: Props, before: Props }) => void} */
export function start(mount, { key, first, before, element, trigger, props, server, upload, watch }) {
  const keptOnPage = (window.glassboxProps ??= {});
  const keptProps = (keptOnPage[key] ??= first);
  let isMounting = true;
  /** @type {Watch} */
  const watchFromStart = (names, react) => {
    watch(names, react);
    if (isMounting && [names].flat().some((name) => props[name] !== before[name])) queueMicrotask(react);
  };
  mount({ element, trigger, props, server, upload, watch: watchFromStart, keptProps });
  isMounting = false;
}
