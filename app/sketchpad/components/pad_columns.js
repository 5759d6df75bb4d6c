// Several networks on one drawing, a column each: name, digit, confidence, ten bars. A blank pad keeps the columns, so that
// nothing jumps when the next stroke begins.

const columnsHost = pad.querySelector(".gb-pad-columns");
let columns = [];                 // as they stand on the page, each with the key of its network

function createColumn(key) {
  const host = document.createElement("section");
  const [name, read, message] = ["h3", "p", "p"].map((tag) => host.appendChild(document.createElement(tag)));
  name.className = "gb-pad-name";
  read.className = "gb-pad-read";
  message.className = "gb-pad-message";
  const [digit, confidence] = ["b", "span"].map((tag) => read.appendChild(document.createElement(tag)));
  confidence.title = "confidence";
  const list = host.appendChild(document.createElement("ol"));
  list.className = "gb-pad-bars";
  return { key, host, name, digit, confidence, message, bars: createBars(list) };
}

// The answers of all networks, or null where there is nothing to read.
function showColumns(answers) {
  const keys = answers && answers.map((answer) => answer.key);
  if (keys && keys.join() !== columns.map((column) => column.key).join()) {
    columns = keys.map(createColumn);
    columnsHost.replaceChildren(...columns.map((column) => column.host));
  }
  columns.forEach((column, index) => {
    const answer = answers && answers[index];
    const hasRead = isDigit(answer);
    if (answer) {
      setText(column.name, answer.name);
      column.host.setAttribute("aria-label", answer.name);
    }
    setText(column.digit, hasRead ? nameClass(answer, answer.digit) : "\u2013");
    setText(column.confidence, hasRead ? formatPercent(answer.probabilities[answer.digit]) : "");
    column.host.classList.toggle("is-silent", Boolean(answer) && !hasRead);
    setText(column.message, answer && !hasRead ? String(answer.message || NO_ANSWER) : "");
    column.bars.show(hasRead ? answer.probabilities : null, hasRead ? answer.digit : null, hasRead ? answer.classes : null);
  });
}

// Whether columns stand on the page, for answers that name no network: a blank pad, a refusal.
function keepsColumns() {
  return pad.classList.contains("has-columns") && columns.length > 1 && ownProp(CHECKPOINTS).length > 1;
}
