// The arithmetic under the grids: the window's numbers as a person writes a sum. It computes
// no result: the number after the equals sign is the one that Python sent. grids.js, which follows, says what is selected.

function windowCells() {
  const cells = [];
  for (let i = 0; i < link.size[0]; i += 1) {
    for (let j = 0; j < link.size[1]; j += 1) {
      const r = selected.row * link.stride[0] - link.padding[0] + i * link.dilation[0];
      const c = selected.column * link.stride[1] - link.padding[1] + j * link.dilation[1];
      const inside = r >= 0 && c >= 0 && r < numRows(link.input) && c < numColumns(link.input);
      cells.push({ inside, value: inside ? link.input.values[r][c] : 0,
        weight: link.kernel ? (link.kernel.values[i] || [])[j] : null });
    }
  }
  return cells;
}

function addTerm(className, parts, title) {
  const term = document.createElement("span");
  term.className = className;
  term.title = title || "";
  for (const [text, sign] of parts) {
    const piece = document.createElement(sign === undefined ? "span" : "b");
    piece.textContent = text;
    if (sign === undefined) piece.style.margin = 0;
    else if (sign !== 0) piece.className = sign > 0 ? "is-positive" : "is-negative";
    term.appendChild(piece);
  }
  terms.appendChild(term);
}

const inBrackets = (value, digits) => (value < 0 ? `(${formatNumber(value, digits)})` : formatNumber(value, digits));

function spellOut() {
  terms.replaceChildren();
  if (!link || !selected) return;
  const results = link.outputs.map((panel) => panel.values[selected.row][selected.column]);
  place.textContent = `Output pixel in row ${selected.row + 1}, column ${selected.column + 1}`
    + (link.outputs.length > 1
      ? ": " + link.outputs.map((panel, index) => `${panel.title} ${formatNumber(results[index])}`).join(", ") : "");
  const cells = windowCells();
  if (link.kind === "max") {
    const known = cells.filter((cell) => cell.inside);
    addTerm("is-joined", [["max("]]);
    const winner = known.findIndex((cell) => cell.value === results[0]);
    known.forEach((cell, index) => addTerm(index === winner ? "is-winner" : "",
      [[formatNumber(cell.value, 3) + (index < known.length - 1 ? "," : ")")]], String(cell.value)));
  } else {
    cells.forEach((cell, index) => {
      const isZero = cell.value === 0 || cell.weight === 0;
      addTerm(isZero ? "is-zero" : "", [
        [(index ? "+ " : "") + (index ? inBrackets(cell.value, 3) : formatNumber(cell.value, 3)) + "\u00b7"],
        [inBrackets(cell.weight, 3), isZero ? 0 : Math.sign(cell.weight)],
      ], `${cell.inside ? cell.value : "0 (padding)"} \u00b7 ${cell.weight}`);
    });
    if (isNumber(link.bias)) addTerm("", [[`+ ${inBrackets(link.bias, 3)} (bias)`]], `bias ${link.bias}`);
  }
  addTerm("is-result", [[`= ${formatNumber(results[0])}`]], String(results[0]));
  // The box grows to the longest sum and stays there, so that nothing below it jumps while the window walks.
  terms.style.minHeight = `${Math.max(parseFloat(terms.style.minHeight) || 0, terms.offsetHeight)}px`;
}
