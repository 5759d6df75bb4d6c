"""A component that Gradio takes off the page, shows again and takes off leaves nothing behind."""

import pytest

from app.descent.components.player import build_player
from app.descent.components.ruler import build_ruler
from app.descent.handlers import answer_controls as answer_race
from app.descent.race import run_race
from app.descent.settings import RaceSettings
from app.descent.view import CHARTS, show_race, show_ruler
from app.inspection.microscope.components.norm import build_norm
from app.inspection.microscope.components.spread import build_spread
from app.inspection.network.components.maps import build_maps, build_maps_notice
from app.inspection.network.section import answer_controls as answer_layers
from app.inspection.network.section import answer_unit, open_network
from app.inspection.window.components.window import CHANNEL, build_window
from app.inspection.window.handlers import answer_controls as answer_window
from app.inspection.window.settings import WindowSettings
from app.inspection.window.sliding import slide_window
from app.inspection.window.view import answer_view
from app.ui.components.chart import build_chart
from app.ui.components.grids import build_grids
from app.ui.components.notice import build_notice
from app.ui.digits import TEST
from tests.browser.components.test_microscope import inspect
from tests.waiting import wait_until

# What goes on by itself and would keep a component alive: listeners beyond it, observers, timers, frames.
COUNT = """
() => {
  const alive = window.alive = new Map();
  const isBeyond = (target) => target === window || target === document || target instanceof MediaQueryList;
  const nameOf = (type) => `listener of ${type}`;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (isBeyond(this ?? window)) {
      alive.set(listener, nameOf(type));
      options?.signal?.addEventListener("abort", () => alive.delete(listener));
    }
    return add.call(this, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    alive.delete(listener);
    return remove.call(this, type, listener, options);
  };
  for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
    const { observe, disconnect } = window[name].prototype;
    window[name].prototype.observe = function (...given) {
      alive.set(this, name);
      return observe.apply(this, given);
    };
    window[name].prototype.disconnect = function () {
      alive.delete(this);
      return disconnect.call(this);
    };
  }
  const waits = { setTimeout: "clearTimeout", requestAnimationFrame: "cancelAnimationFrame" };
  for (const [begin, end] of Object.entries(waits)) {
    const [begun, ended] = [window[begin], window[end]];
    window[begin] = (act, ...given) => {
      const id = begun.call(window, (...values) => {
        alive.delete(`${begin} ${id}`);
        act(...values);
      }, ...given);
      alive.set(`${begin} ${id}`, begin);
      return id;
    };
    window[end] = (id) => {
      alive.delete(`${begin} ${id}`);
      ended.call(window, id);
    };
  }
}
"""
# A component that is gone may wait for the next of these to let go of what it hears.
NEWS = """
(channels) => {
  window.dispatchEvent(new Event("resize"));
  document.dispatchEvent(new ClipboardEvent("paste"));
  for (const channel of channels) document.dispatchEvent(new CustomEvent(`${channel}-answer`));
  document.dispatchEvent(new CustomEvent("glassbox-maps", { detail: { text: "" } }));
}
"""
LIST_ALIVE = "() => [...window.alive.values()]"


def build_descent():
    race = run_race(RaceSettings())
    return [
        build_player(show_race(race, CHARTS[0]), answer_race, elem_id="player"),
        build_ruler(show_ruler(race), elem_id="ruler"),
        build_notice("status", "**Ready**", elem_id="status"),
    ]


def build_sliding():
    view = answer_view(slide_window(WindowSettings(), None))
    return [
        build_window(view, answer_window, elem_id="window"),
        build_notice("status", "**Ready**", channel=CHANNEL, elem_id="status"),
    ]


def build_layers():
    value = open_network("convnet3", TEST, 0, None)
    return [
        build_maps(value, answer_layers, answer_unit, elem_id="maps"),
        build_maps_notice(elem_id="error"),
    ]


def build_microscope():
    shown = inspect()
    return [build_spread(shown.spread, elem_id="spread"), build_norm(shown.norm, elem_id="norm")]


def build_shared():
    chart = {"series": [{"name": "loss", "role": "training", "points": [[0, 2], [1, 1]]}]}
    grids = '{"panels": [{"id": "a", "title": "A", "values": [[0, 1]], "scale": "ink", "max": 1}]}'
    return [build_chart(chart, "Loss", elem_id="chart"), build_grids(grids, elem_id="grids")]


@pytest.mark.parametrize(
    "build", [build_descent, build_sliding, build_layers, build_microscope, build_shared]
)
def test_component_shown_again_and_again_leaves_nothing_behind(open_bench, build):
    components = build()
    bench = open_bench(*components)
    for component in components:
        bench.take(component.elem_id)
    bench.wait_for_frame()
    bench.page.evaluate(COUNT)
    for _ in range(3):
        for component in components:
            bench.show(component)
        bench.wait_for_frame()
        assert bench.page.evaluate(LIST_ALIVE)
        for component in components:
            bench.take(component.elem_id)
    bench.wait_for_frame()
    bench.page.evaluate(NEWS, ["glassboxDescent", CHANNEL])
    # Playwright's own waiting would set timers that are counted.
    wait_until(lambda: not bench.page.evaluate(LIST_ALIVE), lambda: bench.page.evaluate(LIST_ALIVE))
