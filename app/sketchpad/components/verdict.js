// What Python answered, beside the pad: the verdict, ten bars, the network input. pad_columns.js, after
// this, shows several networks beside each other.

const NO_ANSWER = "The server did not answer. Your drawing is kept.";

const pad = element.querySelector(".gb-pad");
const verdict = pad.querySelector(".gb-pad-verdict");
const doubt = pad.querySelector(".gb-pad-doubt");
const seen = pad.querySelector(".gb-pad-seen canvas");
const timing = pad.querySelector(".gb-pad-time");
const bars = createBars(pad.querySelector(".gb-pad-bars"));

function isDigit(answer) {
  return Boolean(answer) && answer.status === "digit" && Array.isArray(answer.probabilities);
}

// What a network calls a class: a digit, or what its data set names.
function nameClass(answer, place) {
  return Array.isArray(answer.classes) ? answer.classes[place] : String(place);
}

function showAnswer(answer, version, isDrawing) {
  const several = answer && Array.isArray(answer.answers) && answer.answers.length > 1 ? answer.answers : null;
  const first = several ? several.find(isDigit) : isDigit(answer) ? answer : null;
  pad.dataset.digit = first ? first.digit : "";
  pad.classList.toggle("is-blank", !first);
  verdict.classList.toggle("is-error", !answer || (answer.status === "error" && !several));
  if (several) {
    showVerdict(isNumber(answer.agreement.digit) ? nameClass(first, answer.agreement.digit) : null, answer.agreement.text);
    showColumns(several);
  } else if (first) {
    showVerdict(nameClass(first, first.digit), `${formatPercent(first.probabilities[first.digit])} confidence`);
  } else {
    // A stroke that has just begun is too small for any network: no reproach before it is finished.
    const message = answer ? String(answer.message || NO_ANSWER) : NO_ANSWER;
    showVerdict(null, isDrawing && answer && answer.status === "refused" ? "Keep drawing\u2026" : message);
    showColumns(null);
  }
  showLayout(several || (isDigit(answer) ? null : keepsColumns()));
  if (!several) bars.show(first && first.probabilities, first && first.digit, first && first.classes);
  showDoubt(first && !isDrawing ? answer.doubt : "");
  showInput(answer && answer.image);
  timing.textContent = first && isNumber(answer.milliseconds) ? `read in ${formatNumber(answer.milliseconds, 2)} ms` : "";
  pad.dataset.shown = version;
}

function showBlank(version) {
  pad.dataset.digit = "";
  pad.classList.add("is-blank");
  verdict.classList.remove("is-error");
  showVerdict(null, "Draw a digit");
  bars.show(null, null);
  showColumns(null);
  showDoubt("");
  showInput(null);
  timing.textContent = "";
  pad.dataset.shown = version;
}

// One network has its ten bars, several have a column each.
function showLayout(hasColumns) {
  pad.classList.toggle("has-columns", Boolean(hasColumns));
}

function showDoubt(text) {
  doubt.hidden = !text;
  setText(doubt, text ? String(text) : "");
}

// Text is replaced only where it differs, so that a screen reader does not repeat itself ten times a second.
function showVerdict(name, text) {
  const wanted = (name ?? "") + "|" + text;
  if (verdict.dataset.wanted === wanted) return;
  verdict.dataset.wanted = wanted;
  const words = document.createElement("span");
  words.textContent = text;
  verdict.classList.toggle("has-words", name !== null && name.length > 1);
  if (name === null) return verdict.replaceChildren(words);
  const read = document.createElement("b");
  read.textContent = name;
  verdict.replaceChildren(read, words);
}

// Ten bars in a list; returns what shows probabilities in them.
function createBars(list) {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const row = document.createElement("li");
    const [name, track, percent] = ["digit", "track", "percent"].map((part) => {
      const cell = document.createElement("span");
      cell.className = `gb-pad-${part}`;
      row.appendChild(cell);
      return cell;
    });
    const fill = document.createElement("div");
    fill.className = "gb-pad-fill";
    track.appendChild(fill);
    list.appendChild(row);
    return { row, name, fill, percent };
  });
  const show = (probabilities, winner, classes = null) => {
    list.classList.toggle("has-words", Boolean(classes));
    rows.forEach(({ row, name, fill, percent }, digit) => {
      const probability = probabilities && isNumber(probabilities[digit]) ? probabilities[digit] : 0;
      setText(name, nameClass({ classes }, digit));
      row.classList.toggle("is-winner", digit === winner);
      row.title = probabilities ? `${name.textContent}: ${probability}` : "";
      fill.style.transform = `translateX(${probability > 0 ? (probability - 1) * 100 : -101}%)`;
      setText(percent, probabilities ? formatPercent(probability) : "\u2013");
    });
  };
  show(null, null);
  return { show };
}

function showInput(image) {
  const context = seen.getContext("2d");
  const pixels = context.createImageData(28, 28);
  for (let i = 0; i < 784; i += 1) {
    const level = image ? image[i] : 0;
    pixels.data.set([level, level, level, 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}
