"""The small network's bench on the whole page: a learning rate is found, and its field takes it."""

import re

from playwright.sync_api import expect


def test_a_found_rate_goes_into_its_field_the_training_and_the_address(open_page):
    page = open_page(
        "descent",
        settings="bench=network&open=which-learning-rate&rule=xor&hidden=4&epochs=20",
        reduced_motion="reduce",
    )
    rates = page.locator("#plane-rates")
    plane = page.locator(".gb-plane")
    page.locator(".gb-plane[data-resting]").wait_for()
    before = int(plane.get_attribute("data-answers"))
    rates.get_by_role("button", name="Find a rate").click()
    suggested = rates.locator(".gb-plane-rates-found b")
    expect(suggested).to_contain_text("Suggested: η = ")
    rate = suggested.inner_text().split("= ")[1].rstrip(".")
    assert plane.get_attribute("data-answers") == f"{before}"  # it trains nothing on the bench
    rates.get_by_role("button", name="Use this rate").click()
    expect(page.get_by_label("Learning rate η", exact=True)).to_have_value(rate)
    expect(plane.locator(".gb-plane-title")).to_contain_text(f"η = {rate}")
    expect(page).to_have_url(re.compile(rf"[?&]lr={re.escape(rate)}(&|$)"))
    expect(plane.locator("output")).to_have_text("epoch 20 of 20")
    expect(rates.locator(".gb-plane-rates-old")).to_be_empty()
