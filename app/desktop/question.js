/* Asks what becomes of the runs that still train when the desktop window is closed; the answer goes to
   `pywebview.api.close`. */
(/** @type {Record<"title" | "explanation" | "stop" | "keep", string>} */ text) => {
  /** @type {(name: string, properties: object, ...children: Node[]) => HTMLElement} */
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  /** @type {(choice: string) => void} */
  const answer = (choice) => {
    dialog.remove();
    /** @type {any} */ (window).pywebview.api.close(choice);
  };
  /** @type {(choice: string, label: string) => HTMLElement} */
  const button = (choice, label) =>
    make("button", { className: choice, textContent: label, onclick: () => answer(choice) });
  const keep = button("keep", text.keep);
  const dialog = /** @type {HTMLDialogElement} */ (
    make(
      "dialog",
      { id: "gb-closing", oncancel: () => answer("stay") },
      make("style", {
        textContent: `
        #gb-closing { margin: auto; max-width: 520px; padding: 24px; border: 1px solid var(--gb-line); border-radius: var(--gb-radius);
          background: var(--gb-surface); color: var(--gb-text); font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; }
        #gb-closing::backdrop { background: rgb(14 20 32 / 55%); }
        #gb-closing h2 { margin: 0 0 6px; font-size: 20px; font-weight: 700; }
        #gb-closing p { margin: 0 0 20px; color: var(--gb-text-soft); }
        #gb-closing div { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; }
        #gb-closing button { min-height: 44px; padding: 0 16px; border: 1px solid var(--gb-line-strong); border-radius: 8px;
          background: var(--gb-surface); color: var(--gb-text); font: inherit; font-weight: 600; cursor: pointer; }
        #gb-closing button.keep { border-color: #0f766e; background: #0f766e; color: #ffffff; }`,
      }),
      make("h2", { textContent: text.title }),
      make("p", { textContent: text.explanation }),
      make("div", {}, button("stay", "Stay here"), button("stop", text.stop), keep),
    )
  );
  document.querySelector(".gradio-container")?.append(dialog);
  dialog.showModal();
  keep.focus();
};
