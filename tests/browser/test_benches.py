"""What is set below both benches of Gradient descent: it counts there, and stands in the address."""

import re
from pathlib import Path

from playwright.sync_api import expect


def find_rate(page):
    """Have a learning rate found for the small network, and return it once its field and training have it."""
    rates, plane = page.locator("#plane-rates"), page.locator(".gb-plane")
    page.locator(".gb-plane[data-resting]").wait_for()
    before = plane.get_attribute("data-answers")
    rates.get_by_role("button", name="Find a rate").click()
    suggested = rates.locator(".gb-plane-rates-found b")
    expect(suggested).to_contain_text("Suggested: η = ")
    rate = suggested.inner_text().split("= ")[1].rstrip(".")
    assert plane.get_attribute("data-answers") == before  # it trains nothing on the bench
    rates.get_by_role("button", name="Use this rate").click()
    expect(page.get_by_label("Learning rate η", exact=True)).to_have_value(rate)
    expect(plane.locator(".gb-plane-title")).to_contain_text(f"η = {rate}")
    expect(plane.locator("output")).to_have_text("epoch 20 of 20")
    expect(rates.locator(".gb-plane-rates-old")).to_be_empty()
    return rate


def set_example(page):
    """Set another example of the way back through a network: first a wrong one, then one that is computed."""
    script = page.locator("#perceptron-script .cm-content")
    expect(script).to_contain_text("def find_relu_slope")
    page.locator("#perceptron [data-move=step]").click()
    expect(page.locator("#perceptron output")).to_have_text("step 1 of 9")
    field, error = (
        page.locator("#perceptron-x").get_by_role("textbox"),
        page.locator("#perceptron-x .gb-field-error"),
    )
    field.fill("1 2 3")
    expect(error).to_have_text("x has 3 numbers: write 4, as in 1 0.5 -1 2.")
    expect(page.locator("#perceptron .gb-old")).to_be_visible()
    field.fill("1; 0,5; 2; 0")
    expect(page.locator("#perceptron [data-part='x.value'] text")).to_have_text(["1", "0.5", "2", "0"])
    page.locator("#perceptron-activation").get_by_text("tanh").click()
    expect(page.locator("#perceptron [data-node=a] .title")).to_have_text("a = tanh(u)")
    expect(script).to_contain_text("def find_tanh_slope")
    expect(error).to_be_empty()
    expect(page.locator("#perceptron output")).to_have_text("step 1 of 9")
    with page.expect_download() as download:
        page.locator("#perceptron-notebook button").click()
    assert "torch.tanh" in Path(download.value.path()).read_text(encoding="utf-8")


def test_what_is_set_below_both_benches_counts_and_stands_in_the_address(open_page):
    page = open_page(
        "descent",
        settings="bench=network&open=which-learning-rate&rule=xor&hidden=4&epochs=20",
        reduced_motion="reduce",
    )
    rate = find_rate(page)
    expect(page).to_have_url(re.compile(rf"[?&]lr={re.escape(rate)}(&|$)"))

    page.locator("#gb-benches").get_by_role("tab", name="Steps").click()
    assert page.locator("#perceptron svg").count() == 0  # until its section is opened
    page.get_by_role("button", name="Backwards through a network").click()
    page.locator("#perceptron [data-part='z.value']").wait_for()
    set_example(page)
    expect(page).to_have_url(re.compile("[?&]open=backwards-through-a-network(&|$)"))
    expect(page).to_have_url(re.compile("[?&]example=1,0.5,2,0:0:tanh:472(&|$)"))

    page.reload()  # the address shows the same again
    expect(page.locator("#perceptron [data-part='x.value'] text")).to_have_text(["1", "0.5", "2", "0"])
    expect(page.locator("#perceptron-x").get_by_role("textbox")).to_have_value("1 0.5 2 0")
    expect(page.locator("#perceptron-activation").get_by_label("tanh")).to_be_checked()
    expect(page.locator("#perceptron [data-node=a] .title")).to_have_text("a = tanh(u)")
