// Copying everywhere. Over plain http, but for this machine's own address, a browser has no clipboard; in another
// site's frame it may refuse it. Then the text is copied as it was before there was one, and where that is refused too,
// it is shown, selected.

export function allowCopying() {
  const clipboard = navigator.clipboard ?? /** @type {Clipboard} */ ({});
  const write = clipboard.writeText?.bind(clipboard);

  /** @type {(text: string) => boolean} */
  const copySelected = (text) => {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    field.style.cssText = "position: fixed; top: 0; opacity: 0";
    (focused?.closest("dialog") ?? document.body).append(field); // what lies behind a dialog cannot be selected
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    focused?.focus({ preventScroll: true });
    return isCopied;
  };

  /** @type {(text: string) => void} */
  const showSelected = (text) => {
    const dialog = document.createElement("dialog");
    dialog.className = "gb-copy";
    dialog.innerHTML =
      '<form method="dialog"><label>This browser lets the page copy nothing. The text is selected: ' +
      'copy it with Ctrl+C, on a Mac ⌘C.<textarea readonly rows="8"></textarea></label><button>Close</button></form>';
    const field = /** @type {HTMLTextAreaElement} */ (dialog.querySelector("textarea"));
    field.value = text;
    dialog.addEventListener("close", () => dialog.remove());
    document.querySelector(".gradio-container")?.append(dialog);
    dialog.showModal();
    field.select();
  };

  // A button that did not copy must not say that it did; that it catches no refusal is no mistake of the page.
  const refusal = new DOMException("The text is shown, to be copied by hand.", "NotAllowedError");
  addEventListener("unhandledrejection", (event) => event.reason === refusal && event.preventDefault());
  clipboard.writeText = async (text) => {
    try {
      if (write) return await write(text);
    } catch {
      // Refused: the old way may still be open.
    }
    if (copySelected(`${text}`)) return undefined;
    showSelected(`${text}`);
    throw refusal;
  };
  if (!navigator.clipboard) Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
}
