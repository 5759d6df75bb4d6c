"""The bench of the plane as its watcher handles it; questions are answered as the tab answers them."""

import re
from dataclasses import replace

import pytest

from app.descent.plane.components.plane import build_plane
from app.descent.plane.link import write_query
from app.descent.plane.settings import read_experiment
from app.descent.plane.view import follow, show_network, show_points, show_sum
from app.ui.packing import pack
from models.descent.plane.moments import explain_unit
from models.descent.plane.network import ACTIVATIONS
from models.descent.plane.points import OWN, RULES, draw_points
from models.descent.plane.training import Experiment, list_epochs


class Plane:
    """A bench whose controls are the settings of an experiment, as the test sets them."""

    def __init__(self, open_harness, experiment=None, beside=None, handlers=None, more=(), **options):
        self.experiment = experiment or Experiment()
        self.beside = beside
        self.requests = []
        component = build_plane(self.answer, self.explain, elem_id="plane")
        self.harness = open_harness(component, *more, handlers=handlers, **options)
        self.page = self.harness.page
        self.root = self.page.locator(".gb-plane")
        self.output = self.root.locator(".gb-transport output")
        self.scrubber = self.root.locator("input[type=range]")

    def read(self, request):
        """Return what is asked about, with the points that were set by hand."""
        experiments = [self.experiment] + ([self.beside] if self.beside else [])
        if request["moved"].get("rule") == OWN:
            own = tuple((x, y, label) for x, y, label in request["moved"]["own"])
            points = replace(self.experiment.points, rule=OWN, own=own)
            experiments = [replace(each, points=points) for each in experiments]
        return experiments

    def answer(self, request):
        self.requests.append(request)
        experiments = self.read(request)
        first = request["first"]
        try:
            moments, is_done = follow(experiments, first)
        except ValueError as mistake:
            return pack({"asked": request["asked"], "error": str(mistake)})
        answer = {"asked": request["asked"], "first": first, "moments": moments, "is_done": is_done}
        answer["link"] = write_query(*map(read_experiment, experiments))
        if first == 0:
            points = draw_points(experiments[0].points)
            kind = "values" if not points.num_classes else "two" if points.num_classes == 2 else "classes"
            answer |= {"kind": kind, "points": show_points(points)}
            answer["epochs"] = list(list_epochs(experiments[0].training.epochs))
            answer["networks"] = [
                show_network(each, slot) for each, slot in zip(experiments, "ab", strict=False)
            ]
        return pack(answer)

    def explain(self, request):
        self.requests.append(request)
        experiment = self.read(request)["ab".index(request["slot"])]
        unit = explain_unit(experiment, *(request[name] for name in ("moment", "layer", "unit", "at")))
        is_output = request["layer"] == len(experiment.network.hidden)
        classes = RULES[experiment.points.rule].num_classes if experiment.points.rule != OWN else 2
        last = "" if not classes else "sigmoid" if classes == 2 else "softmax"
        title = last if is_output else ACTIVATIONS[experiment.network.activation].title
        return pack(show_sum(unit, title))

    def ask(self, field="epochs"):
        """Ask as the page does when a control is used, and wait until the training is there."""
        before = int(self.root.get_attribute("data-answers") or 0)
        self.page.evaluate("(field) => glassboxPlane.ask([], field)", field)
        self.wait_for_answers(before + 1)

    def wait_for_answers(self, count):
        self.page.wait_for_function(f"() => +document.querySelector('.gb-plane').dataset.answers >= {count}")

    def settle(self):
        """Wait until the cursor rests."""
        self.page.locator(".gb-plane[data-resting]").wait_for()

    def press(self, move):
        self.root.locator(f"[data-move={move}]").click()

    def epoch(self):
        return int(re.search(r"epoch ([\d,]+)", self.output.inner_text())[1].replace(",", ""))

    def surface(self, slot="a"):
        return self.root.locator(f"[data-slot={slot}] .gb-plane-surface canvas")

    def place(self, x, y):
        """Return where on the page a place of the plane is."""
        box = self.surface().bounding_box()
        side = min(box["width"], box["height"]) - 20
        return box["x"] + 20 + (x / 6 + 1) / 2 * side, box["y"] + (1 - y / 6) / 2 * side

    def own(self):
        return self.page.evaluate("glassboxPlane.moved.own")

    def unit(self, name, slot="a"):
        return self.root.locator(f"[data-slot={slot}]").get_by_role("button", name=name, exact=True)

    def sent(self, event):
        return self.harness.sent(event)


@pytest.fixture
def open_plane(open_harness):
    return lambda *settings, **options: Plane(open_harness, *settings, **options)
