// What Python answered, beside the pad: the verdict, ten bars and the picture that the network sees. pad.js follows.

const NO_ANSWER = "The server did not answer. Your drawing is kept.";

const pad = element.querySelector(".gb-pad");
const verdict = pad.querySelector(".gb-pad-verdict");
const seen = pad.querySelector(".gb-pad-seen canvas");
const timing = pad.querySelector(".gb-pad-time");

function showAnswer(answer, version, isDrawing) {
  pad.dataset.shown = version;
  const isDigit = answer && answer.status === "digit" && Array.isArray(answer.probabilities);
  pad.dataset.digit = isDigit ? answer.digit : "";
  pad.classList.toggle("is-blank", !isDigit);
  verdict.classList.toggle("is-error", !answer || answer.status === "error");
  if (isDigit) {
    showVerdict(answer.digit, `${formatPercent(answer.probabilities[answer.digit])} sure`);
    showBars(answer.probabilities, answer.digit);
    showPicture(answer.picture);
    timing.textContent = isNumber(answer.milliseconds) ? `read in ${formatNumber(answer.milliseconds, 2)} ms` : "";
  } else {
    // A stroke that has just begun is too small for any network: no reproach before it is finished.
    const message = answer ? String(answer.message || NO_ANSWER) : NO_ANSWER;
    showVerdict(null, isDrawing && answer && answer.status === "refused" ? "Keep drawing\u2026" : message);
    showBars(null, null);
    showPicture(answer && answer.picture);
    timing.textContent = "";
  }
}

function showBlank(version) {
  pad.dataset.shown = version;
  pad.dataset.digit = "";
  pad.classList.add("is-blank");
  verdict.classList.remove("is-error");
  showVerdict(null, "Draw a digit");
  showBars(null, null);
  showPicture(null);
  timing.textContent = "";
}

function formatPercent(probability) {
  if (!isNumber(probability)) return "\u2013";
  // Certainty is never complete: what would round to 100.0 says so.
  return probability >= 0.9995 ? ">99.9%" : `${(probability * 100).toFixed(1)}%`;
}

// Text is replaced only where it differs, so that a screen reader is not told the same thing ten times a second.
function showVerdict(digit, text) {
  const wanted = (digit === null ? "" : digit) + "|" + text;
  if (verdict.dataset.wanted === wanted) return;
  verdict.dataset.wanted = wanted;
  const words = document.createElement("span");
  words.textContent = text;
  if (digit === null) return verdict.replaceChildren(words);
  const number = document.createElement("b");
  number.textContent = digit;
  verdict.replaceChildren(number, words);
}

const bars = Array.from({ length: 10 }, (_, digit) => {
  const row = document.createElement("li");
  const [name, track, percent] = ["digit", "track", "percent"].map((part) => {
    const cell = document.createElement("span");
    cell.className = `gb-pad-${part}`;
    row.appendChild(cell);
    return cell;
  });
  name.textContent = digit;
  const fill = document.createElement("div");
  fill.className = "gb-pad-fill";
  track.appendChild(fill);
  pad.querySelector(".gb-pad-bars").appendChild(row);
  return { row, fill, percent };
});

function showBars(probabilities, winner) {
  bars.forEach(({ row, fill, percent }, digit) => {
    const probability = probabilities && isNumber(probabilities[digit]) ? probabilities[digit] : 0;
    row.classList.toggle("is-winner", digit === winner);
    row.title = probabilities ? `${digit}: ${probability}` : "";
    fill.style.transform = `translateX(${probability > 0 ? (probability - 1) * 100 : -101}%)`;
    percent.textContent = probabilities ? formatPercent(probability) : "\u2013";
  });
}

function showPicture(picture) {
  const context = seen.getContext("2d");
  const pixels = context.createImageData(28, 28);
  for (let i = 0; i < 784; i += 1) {
    const level = picture ? picture[i] : 0;
    pixels.data.set([level, level, level, 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}
