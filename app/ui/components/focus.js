// What the sections about runs share: which run the visitor looks at and which are ticked, as the list of runs tells it,
// and how pictures and answers are taken.

const FIRST_FOCUS = { id: "example", status: "done", known: [] };
const FIRST_TICKED = { ids: [] };

// Call `take` with what the list has told last and with every event of this name from now on. The list leaves what it
// tells in window.glassboxRuns, for sections that come later than it.
function follow(host, name, take) {
  const key = name === "glassbox-run" ? "run" : "compared";
  const first = key === "run" ? FIRST_FOCUS : FIRST_TICKED;
  const hear = ({ detail }) => {
    if (host.isConnected) take(detail || first);
    else document.removeEventListener(name, hear);
  };
  document.addEventListener(name, hear);
  take(window.glassboxRuns?.[key] || first);
}

// What Python answered, or the one mistake that can be told without it.
function readAnswer(text) {
  return text === undefined ? { error: "Glassbox does not answer. Is it still running?" } : JSON.parse(text);
}

function addNode(parent, tag, className = "", text = "") {
  const node = parent.appendChild(document.createElement(tag));
  node.className = className;
  node.textContent = text;
  return node;
}

// A picture of the test set in the theme's ink, one canvas pixel a pixel.
function paintInk(canvas, pixels, ramp) {
  canvas.width = canvas.height = 28;
  canvas.getContext("2d").drawImage(paint(decode(pixels), 28, ramp), 0, 0);
}
