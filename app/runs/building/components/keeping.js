// The latest network, which this browser keeps as the parameter of a link. One that stores nothing begins anew each time.

const KEPT = "glassbox-network"; // app/runs/building/section.py reads it too
const EARLIER = "glassbox-network-earlier"; // what was kept before a link's was changed

// A link in the page's address has done its work then: a reload shows what has become of it.
/** @type {(link: string) => void} */
export function keepLink(link) {
  try {
    const address = new URL(location.href);
    const isLinked = address.searchParams.has("layers");
    const before = localStorage.getItem(KEPT);
    if (isLinked && before && before !== link) localStorage.setItem(EARLIER, before);
    localStorage.setItem(KEPT, link);
    if (!isLinked) return;
    address.searchParams.delete("layers");
    history.replaceState(history.state, "", address);
  } catch {
    // It stays in the address.
  }
}

// "" for none.
export function readEarlier() {
  try {
    return localStorage.getItem(EARLIER)?.split("=").pop() ?? "";
  } catch {
    return "";
  }
}
