"""Two visitors of one server never meet: neither in a race, nor on the pad, nor in a mask."""

import pytest
from playwright.sync_api import expect

from app.descent.race import OPENINGS
from tests.browser.descent_tab import PLAYER, Tab
from tests.browser.labs import open_lab
from tests.browser.pad import Pad, build_rough_example


def test_two_visitors_never_meet(open_page):
    one, other = Tab(open_page("descent")), Tab(open_page("descent"))
    one.choose("Saddle")
    with other.new_race():
        other.rate().fill("0.04")
    assert other.optimizers() == ["Gradient descent"]
    # At 0.04 a step of the notebook's problem leaves 0.6² of the loss; the table holds float32 and float64.
    other.wait_for_losses("Math.abs(rows[0][2] / 0.36 ** 9 - 1) < 1e-9 && rows[0].length === 3")
    with one.new_race():
        one.rate().fill("0.09")
    assert one.optimizers() == ["Gradient descent", "Momentum", "RMSprop", "Adam"]
    one.wait_for_losses("rows[0].length === 5")
    start = OPENINGS["saddle"].start
    one.page.locator(f"{PLAYER} input[type=range]").fill("0")
    loss = float(one.page.locator(f"{PLAYER} .gb-player-number").nth(0).inner_text())
    assert loss == pytest.approx(start[0] ** 2 / 2 + (start[1] ** 2 - 1) ** 2 / 4, rel=1e-3)

    for visitor in (one, other):
        visitor.page.get_by_role("tab", name="Sketchpad").click()
    first, second = Pad(one.page), Pad(other.page)
    for pad in (first, second):
        pad.clear()
    second.wait_until_shown()
    first.draw(build_rough_example(8))
    assert first.read() == "8"
    assert second.root.get_attribute("data-digit") == ""
    stroke = [[140, 40], [140, 240]]
    second.draw([stroke])
    assert second.read() == "1"
    assert second.wait_until_broadcast()["strokes"] == [stroke]
    assert first.read() == "8"

    masks = []
    for visitor in (one, other):
        visitor.page.get_by_role("tab", name="Conv & pool").click()
        open_lab(visitor.page, "microscope")
        masks.append(visitor.page.locator("#microscope-spread .gb-spread-mask small"))
        expect(masks[-1]).not_to_be_empty()
    texts = [mask.inner_text() for mask in masks]
    one.page.get_by_role("button", name="New mask").click()
    expect(masks[0]).not_to_have_text(texts[0], use_inner_text=True)
    assert masks[1].inner_text() == texts[1]
    seed = other.page.get_by_role("spinbutton", name="number input for Seed of the mask", exact=True)
    assert seed.last.input_value() == "0"
