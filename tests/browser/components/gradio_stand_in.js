// Does for components what Gradio's page does for `gr.HTML`, and nothing else: the template, the style scoped to the
// component, the properties that Python changes, its functions on the server, and the events, which are written down.

window.standIn = { sent: [], parts: {} };

// Show a component below those that are there; resolves when its script has run.
window.standIn.show = async ({ id, classes, template, style, start, props, functions }) => {
  const block = document.querySelector("main").appendChild(document.createElement("div"));
  block.id = id;
  block.className = `block ${classes}`;
  const element = block.appendChild(document.createElement("div"));
  element.id = `html-${id}`;
  element.className = classes;
  element.innerHTML = new Function(...Object.keys(props), `return \`${template}\`;`)(...Object.values(props));
  document.head.appendChild(document.createElement("style")).textContent = `#${element.id} { ${style} }`;
  const watchers = [];
  const given = { ...props };
  const trigger = (event) => {
    const value = given.value === undefined ? null : given.value;
    window.standIn.sent.push({ id, event, value });
    window.sendToPython(id, event, value);
  };
  const server = Object.fromEntries(
    functions.map((name) => [name, async (...values) => (await window.askPython(id, name, values)) ?? undefined]),
  );
  const watch = (names, react) => watchers.push({ names: [names].flat(), react });
  const upload = async () => {
    throw new Error("nothing can be uploaded here");
  };
  window.standIn.parts[id] = { given, watchers, server };
  new Function("element", "trigger", "props", "server", "upload", "watch", start)(
    element,
    trigger,
    given,
    server,
    upload,
    watch,
  );
  const addresses = [...start.matchAll(/"\.(\/glassbox\/scripts\/[^"]+)"/g)].map((found) => found[1]);
  await Promise.all(addresses.map((address) => import(new URL(`.${address}`, document.baseURI))));
  await new Promise((done) => setTimeout(done));
};

// Change a component's properties as an answer of Python's does.
window.standIn.update = (id, changes) => {
  const { given, watchers } = window.standIn.parts[id];
  const changed = Object.keys(changes).filter((name) => JSON.stringify(given[name]) !== JSON.stringify(changes[name]));
  Object.assign(given, changes);
  queueMicrotask(() => {
    for (const { names, react } of watchers) if (names.some((name) => changed.includes(name))) react();
  });
};

// Take a component off the page, as Gradio does with one that is hidden.
window.standIn.remove = (id) => document.getElementById(id).remove();
