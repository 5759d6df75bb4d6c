// One answer of Python's for several components. Gradio's page spends ten milliseconds an event on every component that
// Python updates, so Python answers the player alone, and the player hands the answer to the others.

const PAGE = window.glassboxDescent = window.glassboxDescent || { answer: null, moved: {} };

function handRound(answer) {
  PAGE.answer = answer;
  Object.assign(PAGE.moved, answer.moved);
  document.dispatchEvent(new CustomEvent("glassbox-answer"));
}

// Call `take` with every answer from now on, and with the last one that came before this component was there.
function listen(host, take) {
  const hear = () => {
    if (host.isConnected) take(PAGE.answer);
    else document.removeEventListener("glassbox-answer", hear);
  };
  document.addEventListener("glassbox-answer", hear);
  if (PAGE.answer) hear();
}

// What was moved by hand and does not stand in its field yet travels with every message, until the cursor rests.
function withMoved(message) {
  return { ...message, moved: { ...PAGE.moved } };
}
