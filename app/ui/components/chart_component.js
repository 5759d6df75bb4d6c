// The chart as a component of its own: its value, title and height come from Python.

const HEIGHT = "height ".trim();  // gr.HTML takes a quoted word here for an event, and `gr.HTML(height=…)` would fail
const ownRoot = element.querySelector(".gb-chart");
const ownChart = createChart(ownRoot);

function takeValue() {
  ownRoot.querySelector(".gb-chart-plot").style.height = `${ownProp(HEIGHT)}px`;
  ownChart.setValue(props.value, props.label);
}

watch(["value", "label", HEIGHT], takeValue);
takeValue();
