"""The player of a race: what is drawn, stepped, dragged and read out."""

import re

import pytest
from playwright.sync_api import expect

from app.descent.components.player import build_player
from app.descent.handlers import answer_controls
from app.descent.race import OPENINGS, run_race
from app.descent.settings import RaceSettings
from app.descent.view import CHARTS, show_race
from tests.browser.components.race import open_race
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds
__all__ = ["open_race"]  # a fixture


def test_it_opens_at_the_start_and_invites_to_play(open_race):
    race = open_race()
    race.expect_place(0)
    inviting = race.player.locator(".gb-transport.is-inviting")
    expect(inviting).to_have_count(1)
    assert race.harness.sent("release") == []  # Python knows where it stands
    # What a visitor sets before they press Play is seen to its end.
    with race.new_race():
        race.ask(race.values, "lr_1")
    race.expect_place(150)
    expect(inviting).to_have_count(0)
    last = run_race(RaceSettings()).optimizers[0].descent.losses[-1]
    assert race.losses() == [pytest.approx(float(last))]
    expect(race.page.locator("#status")).to_contain_text("From iteration")


@pytest.mark.parametrize("problem", OPENINGS)
def test_every_opening_is_drawn_and_named(open_race, problem):
    race = open_race(OPENINGS[problem])
    shown = show_race(run_race(OPENINGS[problem]), CHARTS[0])
    names = [optimizer["name"] for optimizer in shown["optimizers"]]
    expect(race.player.locator(".gb-player-name")).to_have_text(names)
    expect(race.detail).to_have_text([optimizer["detail"] for optimizer in shown["optimizers"]])
    legend = race.player.locator(".gb-chart-legend")
    told = [text.partition(" at ")[0] for text in legend.locator(".gb-chart-name").all_inner_texts()]
    assert told == ["predicted"] * (problem == "toy") + names
    assert all(re.match(r"\d", number) for number in legend.locator(".gb-chart-value").all_inner_texts())
    cut_off = "all => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert legend.locator(".gb-chart-name").evaluate_all(cut_off) == 0
    expect(race.handle).to_have_count(len(names))


def test_buttons_step_and_stay_within_the_race(open_race):
    race = open_race()
    race.press("reset")
    for move, place in (("step", 1), ("step", 2), ("back", 1), ("back", 0), ("back", 0)):
        race.press(move)
        race.expect_place(place)
    race.press("play")
    expect(race.output).not_to_have_text("step 0 of 150")
    race.press("play")
    race.settle()
    assert 0 < race.place() < 150
    assert race.harness.sent("release")[-1] == {"iteration": race.place(), "moved": {}}
    spoken = race.player.locator(".gb-player-spoken")
    expect(spoken).to_have_text(re.compile(rf"^Step {race.place()} of 150\. Gradient descent, loss "))


def test_keys_move_cursor_and_start(open_race):
    race = open_race()
    race.player.locator(".gb-player-landscape canvas").focus()
    moves = [("r", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("Shift+ArrowRight", 16),
             ("End", 150), ("Home", 0)]  # fmt: skip
    for key, place in moves:
        race.page.keyboard.press(key)
        race.expect_place(place)
    before = race.losses()
    with race.new_race():
        race.page.keyboard.press("Alt+ArrowRight")
    assert race.losses() != before
    assert len(race.harness.sent("input")[-1]["start"]) == 1  # along a curve there is one direction


def test_one_cursor_links_landscape_chart_and_readout(open_race):
    race = open_race()
    race.scrubber.fill("9")
    assert race.losses() == [pytest.approx(0.150094673037529, rel=1e-6)]  # what the notebook prints
    expect(race.player.locator(".gb-chart-legend")).to_contain_text("0.1501")
    box = race.canvas("losses")
    race.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 60 < race.place() < 90


def test_a_diverging_race_says_where_it_ends(open_race):
    race = open_race(RaceSettings(entries=(("gradient_descent", 0.25), None, None, None)))
    expect(race.page.locator("#status")).to_contain_text("In iteration 111 the loss leaves the range")
    race.scrubber.fill("150")
    expect(race.player.locator(".gb-player-state")).to_have_text("Overflows in iteration 111.")
    text = race.page.locator("main").inner_text()
    assert "NaN" not in text
    assert not re.search(r"\binf\b", text)


def test_dragging_the_start_takes_the_race_along(open_race):
    race = open_race(OPENINGS["valley"])
    race.scrubber.fill("0")
    box = race.canvas("landscape")
    places = [(box["x"] + share * box["width"], box["y"] + 0.2 * box["height"]) for share in (0.5, 0.6, 0.7)]
    race.drag(*places)
    starts = [message["start"] for message in race.harness.sent("input")]
    assert starts[0] != starts[-1]
    assert 2 < starts[-1][0] < 9
    assert 1 < starts[-1][1] < 5


def test_a_finger_scrolls_the_landscape_and_a_tap_sets_the_start(open_race):
    race = open_race(OPENINGS["valley"], viewport=NARROW, has_touch=True)
    box = race.canvas("landscape")
    with race.new_race():
        race.page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    assert race.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


POINTS = ((0.512345, 1.012345), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6), (4.0, 3.912345))


def test_points_of_a_line_are_moved_by_keys_and_by_the_pointer(open_race):
    race = open_race(RaceSettings(**{**vars(OPENINGS["line"]), "points": POINTS}))
    canvas = race.player.locator(".gb-player-data canvas")
    canvas.focus()
    with race.new_race():
        race.page.keyboard.press("ArrowUp")
    first, *others = race.harness.sent("input")[-1]["points"]
    assert first[0] == 0.512  # what was moved has three digits
    assert 1.012345 < first[1] < 2.012345
    assert others == [list(point) for point in POINTS[1:]]
    assert re.search(r"Chosen: point 1 at 0\.512, ", canvas.get_attribute("aria-label"))
    # The axes go from −1 to 6, and a finger's reach is enough.
    box = race.canvas("data")
    x = box["x"] + 54 + (POINTS[2][0] + 1) / 7 * (box["width"] - 68)
    y = box["y"] + 10 + (6 - POINTS[2][1]) / 7 * (box["height"] - 54)
    race.drag((x, y), (x, y - 40))
    moved = race.harness.sent("input")[-1]["points"]
    assert [moved[0], *moved[3:]] == [first, *others[2:]]
    assert POINTS[2][1] + 0.5 < moved[2][1] < POINTS[2][1] + 2


@pytest.mark.release
def test_plays_and_scrubs_smoothly_without_asking_the_server(open_race, undisturbed):
    """Four optimizers at 1000 steps: 50 frames a second, and no request while it plays."""
    race = open_race(RaceSettings(**{**vars(OPENINGS["rosenbrock"]), "steps": 1000}))
    requests = []
    race.page.on("request", lambda request: requests.append(request.url))
    race.player.locator("select").select_option("10")
    frames = """async (scrub) => {
      const scrubber = document.querySelector("input[type=range]");
      let count = 0;
      const start = performance.now();
      while (performance.now() - start < 3000) {
        if (scrub) {
          scrubber.value = 5 * count;
          scrubber.dispatchEvent(new Event("input", { bubbles: true }));
        }
        await new Promise(requestAnimationFrame);
        count += 1;
      }
      return count / 3;
    }"""
    with undisturbed():
        race.press("reset")
        race.press("play")
        playing = race.page.evaluate(frames, False)
        race.press("play")
        scrubbing = race.page.evaluate(frames, True)
    print(f"frames a second: playing {playing:.0f}, scrubbing {scrubbing:.0f}")
    assert requests == []
    assert playing >= 50
    assert scrubbing >= 50


def test_nothing_below_moves_when_the_script_has_come(open_harness):
    value = show_race(run_race(RaceSettings()), CHARTS[0])
    waiting, ready = (build_player(value, answer_controls, elem_id="player") for _ in range(2))
    waiting.js_on_load = ""
    before = open_harness(waiting).locate(".gb-player").bounding_box()
    player = open_harness(ready).locate(".gb-player")
    expect(player.locator(".gb-player-name")).to_have_count(1)
    assert player.bounding_box() == before
