// One answer of Python's for several components. Gradio's page spends ten milliseconds an event on every component that
// Python updates, so Python answers the player alone, and the player hands the answer to the others.

// One channel a section of the page: the descent's, where a component's own props name no other.
const CHANNEL = keptProps.channel || "glassboxDescent";
const PAGE = window[CHANNEL] = window[CHANNEL] || { answer: null, moved: {} };

function broadcastAnswer(answer) {
  PAGE.answer = answer;
  for (const [field, value] of Object.entries(answer.moved || {})) {
    if (value === null) delete PAGE.moved[field];
    else PAGE.moved[field] = value;
  }
  document.dispatchEvent(new CustomEvent(`${CHANNEL}-answer`));
}

// Call `take` with every answer from now on, and with the last one that came before this component was there.
function listen(host, take) {
  const onAnswer = () => {
    if (host.isConnected) take(PAGE.answer);
    else document.removeEventListener(`${CHANNEL}-answer`, onAnswer);
  };
  document.addEventListener(`${CHANNEL}-answer`, onAnswer);
  if (PAGE.answer) onAnswer();
}

// What was moved by hand travels with every message: its field follows only once the cursor rests.
function withMoved(message) {
  return { ...message, moved: { ...PAGE.moved } };
}

// Say an answer's errors each at its field, whose block has the class `prefix` and the field's name. Returns the answer
// with those in `error` for which no field is in sight.
function tellErrors(answer, prefix) {
  if (!answer.errors) return answer;
  const unsaid = window.glassboxFields ? window.glassboxFields.tellErrors(answer.errors, prefix) : Object.values(answer.errors);
  return { ...answer, error: [answer.error, ...unsaid].filter(Boolean).join(" ") };
}
