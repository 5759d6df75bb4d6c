"""The bench of the plane: a training is seen as it comes, gone through, asked about, given other points."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from app.descent.plane.view import name_network
from models.descent.plane.moments import explain_unit, look_at
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig, draw_points
from models.descent.plane.training import Experiment, TrainingConfig, list_epochs
from tests.browser.components.plane import open_plane
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds
__all__ = ["open_plane"]  # a fixture

SMALL = Experiment(
    points=PointsConfig(count=60),
    network=NetworkConfig(hidden=(4, 3)),
    training=TrainingConfig(lr=0.03, optimizer="adam", epochs=30),
)
EPOCHS = list_epochs(30)


def open_small(open_plane, *settings, **options):
    plane = open_plane(*(settings or (SMALL,)), **options)
    plane.ask("")
    return plane


def test_a_training_comes_in_parts_and_is_gone_through_without_asking(open_plane):
    plane = open_small(open_plane)
    assert plane.epoch() == 0  # it invites to play
    assert [request["first"] for request in plane.requests] == sorted(
        {request["first"] for request in plane.requests}
    )
    expect(plane.root.locator(".gb-plane-waiting")).to_be_empty()
    expect(plane.root.locator(".gb-plane-title")).to_have_text(name_network(SMALL))
    before = len(plane.requests)
    measures = plane.root.locator(".gb-plane-measures dd")
    for place in (1, len(EPOCHS) // 2, len(EPOCHS) - 1):
        plane.scrubber.fill(f"{place}")
        assert plane.epoch() == EPOCHS[place]
        moment = look_at(SMALL, place)
        for shown, loss, accuracy in zip(
            measures.all_inner_texts(), moment.losses, moment.accuracies, strict=True
        ):
            assert float(shown.split()[1]) == pytest.approx(loss, rel=0.01)
            assert f"{accuracy:.1%} right" in shown
    plane.settle()
    assert len(plane.requests) == before
    assert plane.sent("release") == [{"beside": "", "moved": {}}]  # of each training, once
    expect(plane.root.locator(".gb-plane-spoken")).to_contain_text("epoch 30 of 30. training: loss")


def test_a_setting_shows_the_training_at_its_end_and_a_late_answer_is_void(open_plane):
    plane = open_small(open_plane)
    plane.experiment = replace(SMALL, training=replace(SMALL.training, epochs=40))
    plane.page.evaluate("glassboxPlane.ask([], 'epochs'); glassboxPlane.ask([], 'epochs')")
    expect(plane.output).to_have_text("epoch 40 of 40")
    assert plane.root.get_attribute("aria-busy") is None
    asked = [request["asked"] for request in plane.requests]
    assert asked[-1] == 3
    assert asked == sorted(asked)


def test_what_is_wrong_leaves_the_last_result_and_says_so(open_plane):
    plane = open_small(open_plane)
    plane.experiment = replace(SMALL, training=replace(SMALL.training, lr=-1))
    plane.ask("lr")
    expect(plane.root.locator(".gb-old")).to_be_visible()
    expect(plane.root.locator(".gb-plane-title")).to_have_text(name_network(SMALL))
    plane.experiment = SMALL
    plane.ask("lr")
    expect(plane.root.locator(".gb-old")).to_have_count(0)


def test_a_unit_shows_its_map_and_its_sum_where_the_pointer_is(open_plane):
    plane = open_small(open_plane)
    unit = plane.unit("Hidden layer 2, unit 3")
    box = unit.bounding_box()
    unit.hover(position={"x": box["width"] / 2, "y": box["height"] / 2})
    caption = plane.root.locator("figcaption")
    expect(caption).to_contain_text("Hidden layer 2, unit 3")
    line = plane.root.locator(".gb-plane-sum")
    expect(line).to_contain_text("Hidden layer 2, unit 3 at")
    request = next(one for one in reversed(plane.requests) if "at" in one)
    assert [request[name] for name in ("slot", "moment", "layer", "unit")] == ["a", 0, 1, 2]
    assert request["at"] == pytest.approx([0, 0], abs=0.7)
    told = explain_unit(SMALL, 0, 1, 2, request["at"])
    given = float(line.locator(".gb-plane-given").inner_text().replace("\u2212", "-"))
    assert given == pytest.approx(told.given, rel=1e-3)
    expect(line.locator(".gb-plane-term")).to_have_count(4 + 1)
    plane.page.mouse.move(1, 1)
    expect(caption).to_contain_text("Probability of class 1")
    unit.click()  # it stays
    plane.page.mouse.move(1, 1)
    expect(caption).to_contain_text("Hidden layer 2, unit 3")
    plane.surface().press("Escape")
    expect(caption).to_contain_text("Probability of class 1")


def test_units_are_reached_by_keys(open_plane):
    plane = open_small(open_plane)
    plane.unit("Input x").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowRight"):
        plane.page.keyboard.press(key)
    expect(plane.unit("Hidden layer 2, unit 2")).to_be_focused()
    expect(plane.root.locator(".gb-plane-sum")).to_contain_text("Hidden layer 2, unit 2 at (0, 0)")
    assert plane.epoch() == 0


def test_the_surface_tells_what_the_output_says_there(open_plane):
    plane = open_small(open_plane)
    plane.scrubber.fill(f"{len(EPOCHS) - 1}")
    plane.surface().focus()
    plane.page.keyboard.press("ArrowRight")
    line = plane.root.locator(".gb-plane-sum")
    expect(line).to_contain_text("Output at (0.25, 0)")
    told = explain_unit(SMALL, len(EPOCHS) - 1, 2, 0, (0.25, 0.0))
    assert float(line.locator(".gb-plane-given").inner_text()) == pytest.approx(told.given, rel=1e-3)


def paint(plane, tool, *places):
    plane.root.get_by_role("button", name=tool, exact=True).click()
    for place in places:
        plane.page.mouse.click(*plane.place(*place))


def test_points_are_painted_taken_away_and_brought_back(open_plane):
    plane = open_small(open_plane)
    paint(plane, "Paint class 2", (-5, 5), (5, 5))
    plane.wait_for_answers(2)
    expect(plane.root.locator(".gb-plane-sum")).to_contain_text("62 points")
    assert len(plane.own()) == 62
    assert plane.own()[-1] == pytest.approx([5, 5, 2], abs=0.05)
    first = draw_points(SMALL.points)
    assert plane.own()[0] == pytest.approx([*first.positions[0], first.targets[0]], abs=0.006)
    expect(plane.root.locator("figcaption")).to_contain_text("most probable class")
    paint(plane, "Erase", (5, 5))
    expect(plane.root.locator(".gb-plane-sum")).to_contain_text("61 points are left")
    plane.page.keyboard.press("Control+z")
    assert len(plane.own()) == 62
    plane.page.keyboard.press("Control+z")
    plane.page.keyboard.press("Control+z")
    assert plane.own() is None
    assert "rule" not in plane.page.evaluate("glassboxPlane.moved")
    plane.page.keyboard.press("Control+Shift+z")
    assert len(plane.own()) == 61
    plane.settle()
    assert plane.sent("release")[-1]["moved"]["rule"] == "own"
    plane.ask("rule")  # the control counts again
    assert plane.own() is None


def test_points_are_moved_by_pointer_and_by_keys(open_plane):
    own = PointsConfig(rule="own", own=((-3, 0, 0), (-3, 2, 0), (3, 0, 1), (3, 2, 1)), test_share=0)
    plane = open_small(open_plane, replace(SMALL, points=own))
    plane.root.get_by_role("button", name="Move", exact=True).click()
    plane.page.mouse.move(*plane.place(3, 0))
    plane.page.mouse.down()
    plane.page.mouse.move(*plane.place(4, -4), steps=5)
    plane.page.mouse.up()
    moved = plane.own()
    assert moved[2] == pytest.approx([4, -4, 1], abs=0.06)
    plane.surface().focus()
    for key in ("Enter", "Shift+ArrowUp", "Enter", "ArrowUp"):
        plane.page.keyboard.press(key)
    by_key = plane.own()
    assert by_key[2] == pytest.approx([4, -3, 1], abs=0.06)
    assert by_key[:2] == moved[:2]
    plane.page.keyboard.press("ArrowDown")
    plane.page.keyboard.press("Delete")
    assert len(plane.own()) == 3


def test_points_are_pasted_from_a_spreadsheet(open_plane):
    plane = open_small(open_plane)
    plane.surface().focus()
    paste = """(text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
    }"""
    plane.page.evaluate(paste, "x\ty\tclass\n1,5\t2\t0\n-1\t2\t1\n2\t2\t9")
    line = plane.root.locator(".gb-plane-sum.is-wrong")
    expect(line).to_contain_text("Row 3 of what was pasted: the class is '9'")
    plane.page.evaluate(paste, "x\ty\tclass\n1,5\t2\t0\n-1\t2\t1\n2\t2\t0\n-2\t1\t1")
    plane.wait_for_answers(2)
    assert plane.own() == [[1.5, 2, 0], [-1, 2, 1], [2, 2, 0], [-2, 1, 1]]


def test_two_networks_share_one_cursor_and_their_buttons_say_what_is_wanted(open_plane):
    other = replace(SMALL, training=replace(SMALL.training, lr=0.3))
    plane = open_small(open_plane, SMALL, other)
    expect(plane.root.locator(".gb-plane-title")).to_have_text(
        [f"A · {name_network(SMALL)}", f"B · {name_network(other)}"]
    )
    plane.scrubber.fill("5")
    for slot, experiment in zip("ab", (SMALL, other), strict=True):
        shown = plane.root.locator(f"[data-slot={slot}] .gb-plane-measures dd").first.inner_text()
        assert float(shown.split()[1]) == pytest.approx(look_at(experiment, 5).losses[0], rel=0.01)
    plane.root.get_by_label("Learning rate from here on").fill("0.002")
    for act in ("keep", "swap", "branch", "remove"):
        plane.root.locator(f"[data-act={act}]").click()
    assert [(sent["act"], sent["moment"], sent["lr"]) for sent in plane.sent("submit")] == [
        (act, 5, "0.002") for act in ("keep", "swap", "branch", "remove")
    ]
    plane.unit("Output", "b").hover()
    expect(plane.root.locator(".gb-plane-sum")).to_contain_text("B, Output at")
    plane.beside = None
    plane.ask()
    expect(plane.root.locator(".gb-plane-title")).to_have_text(name_network(SMALL))
    expect(plane.root.locator("[data-act=swap]")).to_have_count(0)


def test_it_is_there_again_after_gradio_took_it_off(open_plane):
    plane = open_small(open_plane)
    plane.harness.show(plane.harness.take("plane"))
    expect(plane.output).to_have_text("epoch 30 of 30")
    expect(plane.root.locator(".gb-plane-title")).to_have_text(name_network(SMALL))


@pytest.mark.parametrize("viewport", [NARROW, {"width": 860, "height": 720}], ids=["narrow", "low"])
def test_nothing_is_wider_than_its_place(open_plane, viewport):
    big = replace(SMALL, network=NetworkConfig(hidden=(8, 8)))
    plane = open_small(open_plane, big, big, viewport=viewport)
    assert plane.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_going_through_two_networks_is_smooth(open_plane):
    big = replace(SMALL, network=NetworkConfig(hidden=(8, 8)), points=PointsConfig(rule="spirals"))
    plane = open_small(open_plane, big, replace(big, training=replace(big.training, lr=0.003)))
    requests = len(plane.requests)
    # The best of some goes, each to every moment: what the page itself takes, not the machine beside it.
    spent_ms = plane.scrubber.evaluate(
        """async (scrubber) => {
            const goes = [];
            for (let go = 0; go < 5; go += 1) {
                const start = performance.now();
                for (let place = 0; place <= Number(scrubber.max); place += 1) {
                    scrubber.value = `${place}`;
                    scrubber.dispatchEvent(new Event("input"));
                }
                goes.push((performance.now() - start) / (Number(scrubber.max) + 1));
                await new Promise((done) => requestAnimationFrame(done));
            }
            return Math.min(...goes);
        }"""
    )
    print(f"{spent_ms:.1f} ms a moment")
    assert spent_ms < 20
    assert len(plane.requests) == requests
