"""The gradient descent tab in the browser: the notebook's table, every control, divergence, mistakes."""

import pytest

# What the notebook prints at every tenth iteration, down to where float32's rounding is all that is left.
NOTEBOOK_LOSSES = [
    0.150094673037529, 0.018248017877340317, 0.002218528650701046, 0.00026972233899869025,
    3.279230440966785e-05, 3.986556748714065e-06, 4.846697265747935e-07, 5.8908199207508005e-08,
    7.173785121494802e-09,
]  # fmt: skip


FIRST_LOSS = "#descent-losses tbody td:nth-child(2)"


@pytest.fixture
def page(open_page):
    page = open_page("descent")
    page.locator("#descent-losses table").wait_for()
    return page


def read_losses(page):
    rows = page.locator("#descent-losses tbody tr").all_inner_texts()
    return [tuple(float(cell) for cell in row.split("\t")) for row in rows]


def wait_for_status(page, text):
    page.locator("#descent-status").get_by_text(text).wait_for()


def test_opens_on_the_notebooks_table(page):
    rows = read_losses(page)
    assert [iteration for iteration, _ in rows] == list(range(10, 151, 10))
    for (_, shown), printed in zip(rows, NOTEBOOK_LOSSES, strict=False):
        assert shown == pytest.approx(printed, rel=1e-4)
    theory = page.locator("#descent-theory").inner_text()
    for figure in ("10", "0.2", "0.1", "0.9"):
        assert figure in theory


def test_best_learning_rate_lands_in_one_step(page):
    page.get_by_role("button", name="1/λ", exact=True).click()
    page.wait_for_function(f"() => Number(document.querySelector('{FIRST_LOSS}').innerText) === 0")
    assert read_losses(page)[0] == (10, 0)
    field = page.get_by_label("Step size η (learning rate)")
    assert float(field.input_value()) == pytest.approx(0.1)


def test_typed_learning_rate_and_iterations_redraw_everything(page):
    field = page.get_by_role("spinbutton", name="number input for Iterations")
    field.fill("30")
    field.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#descent-losses tbody tr').length === 3")
    page.get_by_label("Step size η (learning rate)").fill("0.02")
    page.wait_for_function(
        f"() => Math.abs(document.querySelector('{FIRST_LOSS}').innerText - 0.64 ** 9) < 1e-6"
    )


def test_divergence_is_a_result_with_its_reason(page):
    page.get_by_role("button", name="2.5/λ").click()
    wait_for_status(page, "111")  # the iteration in which float32 overflows
    text = page.locator("#gb-tabs").inner_text()
    assert "NaN" not in text
    assert "nan" not in page.locator("#descent-losses").inner_text().lower()


def test_divergence_in_float64_goes_on_to_its_own_end(page):
    page.get_by_role("button", name="Change the problem").click()
    page.get_by_label("float64").check()
    field = page.get_by_role("spinbutton", name="number input for Iterations")
    field.fill("1000")
    field.press("Enter")
    page.get_by_role("button", name="2.5/λ").click()
    wait_for_status(page, "1.798×10³⁰⁸")
    assert "inf" not in page.locator("#descent-status").inner_text()
    assert "×10³⁰" in page.locator("#descent-loss .gb-chart-legend").inner_text()


def test_number_above_a_sliders_bound_becomes_the_bound(page):
    field = page.get_by_role("spinbutton", name="number input for Iterations")
    field.fill("5000")
    field.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#descent-losses tbody tr').length === 100")
    assert field.input_value() == "1000"
    assert page.locator(".toast-wrap .error").count() == 0


@pytest.mark.parametrize("value", ["-1", "0", "1e30"])
def test_impossible_learning_rate_is_explained_and_the_picture_stays(page, value):
    before = read_losses(page)
    page.get_by_label("Step size η (learning rate)").fill(value)
    page.locator("#descent-error").get_by_text("above 0").wait_for()
    assert read_losses(page) == before


def test_letters_in_a_vector_are_explained(page):
    page.get_by_role("button", name="Change the problem").click()
    page.get_by_label("x, 1 to 8 numbers").fill("1, two, 3")
    page.locator(".gb-error:visible").get_by_text("two").wait_for()
