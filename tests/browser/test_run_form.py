"""The form of a training: what it fills in, what it says, and that nothing starts by mistake."""

from tests.browser.runs_tab import runs_tab

__all__ = ["runs_tab"]  # a fixture


def test_form_says_mistakes_starts_nothing_by_them_and_is_filled_in_by_the_page(runs_tab):
    runs_tab.open_hyperparameters()
    for value, message in (("", "empty"), ("0", "learning rate is 0"), ("1e9", "1000000000")):
        runs_tab.fill("learning-rate", value)
        runs_tab.page.get_by_role("button", name="Start training").click()
        runs_tab.page.locator("#run-error").get_by_text(message).wait_for()
    runs_tab.wait_for_listed(["example"])

    # What a network brings is there before any answer, and a late one rewrites nothing.
    page, held = runs_tab.page, []

    def is_told(request):
        return request.method == "POST" and '"mlp"' in (request.post_data or "")

    page.route(
        "**", lambda route: route.fallback() if held or not is_told(route.request) else held.append(route)
    )
    with page.expect_request(is_told):
        runs_tab.choose("network", "Multi-layer perceptron")
    runs_tab.wait_for_value("optimizer", "SGD with momentum")
    runs_tab.wait_for_value("momentum", "0.9")
    page.locator("#run-dropout").wait_for(state="detached")
    field = page.locator("#run-learning-rate input")
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.12")
    held[0].continue_()  # the answer that knows nothing of the rate is shown first, not last
    page.locator("#run-about").get_by_text("SGD with momentum 0.9, learning rate 0.12").wait_for()
    page.keyboard.type("34")
    page.locator("#run-about").get_by_text("learning rate 0.1234").wait_for()
    assert field.input_value() == "0.1234"
