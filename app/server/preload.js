/* Ask at once for all that the components of the open tab are going to import: otherwise the page would find them one
   after the other, in Gradio's own time. */
(/** @type {string[]} */ addresses, /** @type {Record<string, number[]>} */ tabs) => {
  const name = new URLSearchParams(location.search).getAll("tab").pop() ?? "";
  const places = Object.hasOwn(tabs, name) ? tabs[name] : Object.values(tabs)[0] || [];
  for (const place of places) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.fetchPriority = "low"; // what Gradio begins with comes first
    link.href = addresses[place];
    document.head.append(link);
  }
};
