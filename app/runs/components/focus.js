// What the sections about runs share: which run the visitor looks at and which are ticked, as the list of runs says.

const FIRST_FOCUS = { id: "example", status: "done", known: [] };
const FIRST_TICKED = { ids: [] };

// Call `take` with what the list said last and with every event of this name from now on. The list leaves it in
// window.glassboxRuns, for sections that come later.
function follow(host, name, take) {
  const key = name === "glassbox-run" ? "run" : "compared";
  const first = key === "run" ? FIRST_FOCUS : FIRST_TICKED;
  const onEvent = ({ detail }) => {
    if (host.isConnected) take(detail || first);
    else document.removeEventListener(name, onEvent);
  };
  document.addEventListener(name, onEvent);
  take(window.glassboxRuns?.[key] || first);
}
