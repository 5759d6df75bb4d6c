// Sentences that Python wrote, as plain text with marks.

// Fill a line with a text that has `**` around what is bold.
/** @type {(line: Element, text: string) => void} */
export function fillBold(line, text) {
  line.replaceChildren();
  if (!text) return;
  text.split("**").forEach((part, index) => {
    const piece = document.createElement(index % 2 ? "b" : "span");
    piece.textContent = part;
    line.appendChild(piece);
  });
}
