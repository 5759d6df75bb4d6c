"""The gradient descent tab in the browser: the notebook's exercises, the race, the ruler, mistakes, speed."""

import contextlib
import re
import statistics

import numpy as np
import pytest
from playwright.sync_api import expect

from app.descent.race import OPENINGS
from tests.browser.dropdown import open_list, take_option

# What the notebook prints at every tenth iteration, down to where float32's rounding is all that is left.
PLAYER = "#descent-player .gb-player"


class Tab:
    """The tab as its user handles it."""

    def __init__(self, page, races=1):
        """Wait for the race that the page is built with, and where its address names another for that too."""
        self.page = page
        page.wait_for_function(f"() => document.querySelector('{PLAYER}')?.dataset.races >= {races}")
        page.locator("#descent-losses table").wait_for()
        page.wait_for_function(
            "() => document.querySelector('.gb-optimizer-4 input[data-number]').value !== '0'"
        )

    def rate(self, slot=1):
        return self.page.locator(f".gb-optimizer-{slot} input[data-number]")

    def race_number(self):
        return int(self.page.locator(PLAYER).get_attribute("data-races"))

    @contextlib.contextmanager
    def new_race(self):
        before = self.race_number()
        yield
        self.page.wait_for_function(f"() => +document.querySelector('{PLAYER}').dataset.races > {before}")

    def wait_for_status(self, text):
        self.page.locator("#descent-status").get_by_text(text).wait_for()

    def status(self):
        return self.page.locator("#descent-status").inner_text()

    def losses(self):
        rows = self.page.locator("#descent-losses tbody tr").all_inner_texts()
        return [tuple(float(cell) for cell in row.split("\t")) for row in rows]

    def wait_for_losses(self, condition):
        """Wait until the table, an array of rows of numbers called `rows`, meets a JavaScript condition."""
        self.page.wait_for_function(
            f"""() => {{
              const rows = [...document.querySelectorAll("#descent-losses tbody tr")]
                .map((row) => [...row.cells].map((cell) => Number(cell.innerText)));
              return {condition};
            }}"""
        )

    def choose(self, title):
        with self.new_race():
            take_option(self.page.locator("#descent-problem input"), title)

    def choose_optimizer(self, slot, title):
        with self.new_race():
            take_option(self.page.get_by_role("combobox", name=f"Optimizer {slot}"), title)

    def wait_for_optimizers(self, names):
        expect(self.page.locator(f"{PLAYER} .gb-player-name")).to_have_text(names)

    def wait_for_details(self, details):
        """Wait for a race with these step sizes."""
        expect(self.page.locator(f"{PLAYER} .gb-player-detail")).to_have_text(details)

    def optimizers(self):
        return self.page.locator(f"{PLAYER} .gb-player-name").all_inner_texts()

    def place(self):
        return int(re.search(r"step (\d+)", self.page.locator(f"{PLAYER} output").inner_text())[1])

    def open_section(self, title):
        """Open a section, and wait until its fields are where they stay: nobody types into a moving one."""
        button = self.page.get_by_role("button", name=title)
        button.click()
        expect(button).to_have_class(re.compile("open"))
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def wait_for_rest(self):
        """Wait until the cursor rests: whatever was asked before is answered, and the fields follow."""
        self.page.locator(f"{PLAYER}[data-resting]").wait_for()

    @contextlib.contextmanager
    def no_race(self):
        """Nothing within may be answered with a race, up to where the cursor rests."""
        self.wait_for_rest()
        before = self.race_number()
        yield
        self.wait_for_rest()
        assert self.race_number() == before

    def drag_handle(self, by_px, slot=1):
        """Drag an optimizer's handle along the ruler; return the step size that it then has."""
        handle = self.page.locator(f"#descent-ruler [data-slot='{slot - 1}'][role=slider]")
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 20)
        self.page.mouse.down()
        with self.new_race():
            self.page.mouse.move(box["x"] + 20 + by_px, box["y"] + 20, steps=6)
        self.page.mouse.up()
        rate = float(handle.get_attribute("aria-valuenow"))
        details = self.page.locator(f"{PLAYER} .gb-player-detail")
        details.filter(
            has_text=re.compile(f"^η = {rate:g}$")
        ).first.wait_for()  # the last move's answer is there
        return rate

    def play(self, speed):
        self.page.locator(f"{PLAYER} select").select_option(speed)
        self.page.locator(f"{PLAYER} [data-move=reset]").click()
        self.page.locator(f"{PLAYER} [data-move=play]").click()

    def move_of(self, points):
        """Return the points with the one that was moved last, which the picture of the data names."""
        canvas = self.page.locator(f"{PLAYER} .gb-player-data canvas")
        moved = re.search(r"Chosen: point (\d+) at (.+), (.+)\.$", canvas.get_attribute("aria-label"))
        number, *point = (float(part.replace("\u2212", "-")) for part in moved.groups())
        index = int(number) - 1
        return [*points[:index], tuple(point), *points[index + 1 :]]

    def wait_for_points(self, points):
        """Wait until the table of points holds just these, and follows no move any more."""
        self.wait_for_rest()
        self.page.locator(
            "#descent-points"
        ).scroll_into_view_if_needed()  # the cells come in when they are seen
        self.page.wait_for_function(
            """(points) => JSON.stringify(points.flat()) === JSON.stringify(
              [...document.querySelectorAll("#descent-points [role=gridcell]")]
                .map((cell) => Number(cell.innerText.replace("\u22ee", "").replace(",", "."))))""",
            arg=[list(point) for point in points],
        )


@pytest.fixture
def tab(open_page):
    return Tab(open_page("descent"))


def test_the_three_questions_are_answered_with_numbers(tab):
    page = tab.page
    tab.open_section("Question 1")
    answer = page.locator("#descent-minimum")
    answer.get_by_text("moves along").wait_for()
    assert "(0.2, 0.2, 0.2, 0.2, 0.2)" in re.sub(r"\s|\u200b", "", answer.inner_text()).replace(",", ", ")
    tab.open_section("Question 2")
    rates = page.locator("#descent-rates")
    rates.get_by_text("times 0: directions in which nothing moves").wait_for()
    text = rates.inner_text()
    assert "eigenvalue" in text
    best = next(row for row in text.splitlines() if row.startswith("0.1\t0.5"))
    assert best.split("\t")[2:] == ["0", "1", "1"]  # factor, steps counted, steps predicted
    tab.open_section("Question 3")
    graph = page.locator("#descent-graph svg")
    graph.get_by_text("MvBackward0", exact=True).wait_for()
    tab.open_section("The graph as a table")
    page.locator("#descent-nodes").get_by_role("cell", name="MvBackward0", exact=True).wait_for()
    assert "autograd" in page.locator("#descent-gradient").inner_text()
    # From the opening on it speaks of where the player stands.
    page.locator("#descent-gradient").get_by_text("after 150 steps").wait_for()
    page.locator(f"{PLAYER} [data-move=reset]").click()
    page.locator("#descent-gradient").get_by_text("after 0 steps").wait_for()
    assert "−2" in page.locator("#descent-gradient").inner_text()
    assert "−2 in all 5 entries" in graph.inner_html()


def test_fields_follow_what_is_dragged_and_start_over_sets_them_back(tab):
    page = tab.page
    rate = tab.drag_handle(70)
    expect(tab.rate()).to_have_value(f"{rate:g}")
    tab.choose("Himmelblau")
    canvas = page.locator(f"{PLAYER} .gb-player-landscape canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    with tab.new_race():
        page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"])
    tab.wait_for_status("at the minimum (3, 2)")
    tab.open_section("Change the numbers")
    page.wait_for_function("() => +document.querySelector('[aria-label=\"Start: weight 1\"]')?.value > 2")
    page.get_by_role("button", name="Start over").click()
    for weight, value in enumerate(OPENINGS["himmelblau"].start, start=1):
        expect(page.get_by_label(f"Start: weight {weight}")).to_have_value(f"{value:g}")


def test_everything_can_be_reached_and_used_by_keyboard_alone(open_page):
    page = open_page("descent", settings="problem=line")
    tab = Tab(page, races=2)
    page.get_by_role("tab", name="Gradient descent").focus()
    named = """() => document.activeElement.closest("[id^=descent]")?.id + " " +
      (document.activeElement.getAttribute("aria-label") || document.activeElement.innerText)"""
    reached = []
    while "Iterations" not in (reached or [""])[-1] and len(reached) < 60:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(named))
        if "Contours" in reached[-1]:
            page.keyboard.press("Home")
            assert tab.place() == 0
        if "data points" in reached[-1]:
            with tab.new_race():
                page.keyboard.press("ArrowUp")
        if "Step size of Momentum" in reached[-1]:
            before = tab.rate(2).input_value()
            with tab.new_race():
                page.keyboard.press("ArrowLeft")
            page.wait_for_function(
                "([field, before]) => field.value > 0 && field.value < +before",
                arg=[tab.rate(2).element_handle(), before],
            )
        if "What to minimise" in reached[-1]:
            with tab.new_race():
                page.keyboard.press("ArrowDown")
                page.keyboard.press("Enter")
            assert page.locator("#descent-problem input").input_value() == "Quadratic valley"
    order = ["Play", "Contours", "data points", "Step size of Momentum", "What to minimise", "Iterations"]
    places = [next(k for k, name in enumerate(reached) if word in name) for word in order]
    assert places == sorted(places), reached
    tab.wait_for_rest()


def test_an_optimizer_that_is_chosen_gets_a_rate_and_races(tab):
    tab.choose("Rosenbrock")
    tab.choose_optimizer(2, "Adagrad")
    tab.wait_for_optimizers(["Gradient descent", "Adagrad", "RMSprop", "Adam"])
    expect(tab.rate(2)).to_have_value(re.compile(r"\d"))
    tab.choose_optimizer(3, "–")
    tab.wait_for_optimizers(["Gradient descent", "Adagrad", "Adam"])
    expect(tab.rate(3)).to_have_value("")
    for slot in (1, 2):
        tab.choose_optimizer(slot, "–")
    tab.wait_for_optimizers(["Adam"])
    tab.wait_for_rest()
    with tab.no_race():  # the picture stays
        take_option(tab.page.get_by_role("combobox", name="Optimizer 4"), "–")
        tab.page.locator(".gb-field-error").get_by_text("No optimizer is chosen").wait_for()
    assert tab.optimizers() == ["Adam"]


def test_a_list_asks_once_for_a_choice_and_not_at_all_where_it_is_left_as_it_was(tab):
    """Gradio's list says twice a click that it was used, and also whenever it is left."""
    page = tab.page
    for title in ("Saddle", "Quadratic valley"):
        tab.wait_for_rest()
        before = tab.race_number()
        tab.choose(title)
        tab.wait_for_rest()
        assert tab.race_number() == before + 1
    with tab.new_race():
        tab.rate().fill("0.0321")
    with tab.no_race():
        for box in (
            page.locator("#descent-problem input"),
            *page.get_by_role("combobox", name="Optimizer").all(),
        ):
            box.focus()
            page.keyboard.press("Tab")
            open_list(box)
            page.keyboard.press("Escape")
            page.keyboard.press("Tab")
    expect(tab.rate()).to_have_value("0.0321")


class HeldRequest:
    """The requests of a page whose body has a text in it, kept back until `release`."""

    def __init__(self, page, text):
        self.page, self.text, self.routes, self.is_over = page, text, [], False
        page.route("**", self.hold)

    def is_meant(self, request):
        return request.method == "POST" and self.text in (request.post_data or "")

    def hold(self, route):
        if self.is_meant(route.request) and not self.is_over:
            self.routes.append(route)
        else:
            route.fallback()

    def release(self):
        """Let them go, and wait for an answer."""
        self.is_over = True
        with self.page.expect_response(lambda answer: self.is_meant(answer.request)) as answered:
            for route in self.routes:
                route.continue_()
        answered.value.finished()


def start_to_type(field, text):
    field.click()
    field.page.keyboard.press("Control+a")
    field.page.keyboard.type(text)


def test_a_late_problem_rewrites_no_field_that_was_written_in(tab):
    page = tab.page
    held = HeldRequest(page, '"sent"')
    with page.expect_request(held.is_meant):
        take_option(page.locator("#descent-problem input"), "Quadratic valley")
    start_to_type(tab.rate(), "0.0123")
    held.release()
    tab.wait_for_details(["η = 0.0123", "η = 0.1111", "η = 0.05263", "η = 5"])
    expect(tab.rate()).to_have_value("0.0123")
    expect(tab.rate(2)).to_have_value("0.1111")  # the other fields are the problem's
    expect(page.get_by_role("spinbutton", name="number input for Iterations")).to_have_value("100")


PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const cell = document.querySelector("#descent-points [data-testid='cell-0-0']");
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_line_fit_follows_its_points(open_page):
    opening = [(0.512345, 1.012345), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6), (4.0, 3.912345)]
    address = ",".join(f"{x}:{y}" for x, y in opening)
    page = open_page("descent", settings=f"problem=line&points={address}")
    tab = Tab(page, races=2)
    canvas = page.locator(f"{PLAYER} .gb-player-data canvas")
    canvas.scroll_into_view_if_needed()
    canvas.focus()
    before = tab.losses()
    with tab.new_race():
        page.keyboard.press("ArrowUp")
    tab.wait_for_losses(f"rows[0][1] !== {before[0][1]!r}")
    points = tab.move_of(opening)
    assert points[0][0] == 0.512  # what was moved has three digits
    assert opening[0][1] < points[0][1] < opening[0][1] + 1  # the first point has moved up
    tab.open_section("Change the numbers")
    tab.wait_for_points(points)  # and nothing else has

    # A point is dragged by the pointer: the axes go from −1 to 6, and a finger's reach is enough.
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x = box["x"] + 54 + (opening[2][0] + 1) / 7 * (box["width"] - 68)
    y = box["y"] + 10 + (6 - opening[2][1]) / 7 * (box["height"] - 54)
    page.mouse.move(x, y)
    page.mouse.down()
    with tab.new_race():
        page.mouse.move(x, y - 40, steps=4)
    page.mouse.up()
    dragged = tab.move_of(points)
    assert opening[2][1] + 0.5 < dragged[2][1] < opening[2][1] + 2
    tab.wait_for_points(dragged)

    # A cell of the table is written in: it counts, and what was dragged stays.
    with tab.new_race():
        page.get_by_test_id("cell-1-1").dblclick()
        page.wait_for_function("() => document.activeElement.matches('#descent-points :is(input, textarea)')")
        page.keyboard.press("Control+a")
        page.keyboard.type("3,25")
        page.keyboard.press("Enter")
    written = [*dragged[:1], (opening[1][0], 3.25), *dragged[2:]]
    tab.wait_for_points(written)

    # What a spreadsheet has copied takes the place of all, with its headings and decimal commas.
    page.evaluate(PASTE, "Länge\tMasse\r\n0,5\t1\r\n1,5\t2,25\r\n3\t4\r\n")
    tab.wait_for_points(pasted := [(0.5, 1), (1.5, 2.25), (3, 4)])
    page.evaluate(PASTE, "1\t2\t3\n4\t5\t6")
    page.locator(".gb-field-error").get_by_text("has 3 columns: copy two, x and y").wait_for()
    tab.open_section("Question 2")
    page.locator("#descent-rates").get_by_text("Condition number").wait_for()
    page.locator("#descent-rates .katex").nth(3).wait_for()
    xs = np.array([x for x, _ in pasted])
    condition = np.linalg.cond(np.stack([xs, np.ones(3)], axis=1)) ** 2
    expect(page.locator("#descent-rates")).to_contain_text(f"{condition:.4g}")
    text = page.locator("#descent-rates").inner_text()
    assert "$" not in text


def test_a_mistake_stands_beside_its_field_and_the_last_race_is_marked_as_old(tab):
    error = tab.page.locator(".gb-field-error:visible")
    old = tab.page.locator(f"{PLAYER}.is-old .gb-old")
    for value, words in (("-1", "above 0"), ("0", "above 0"), ("", "is empty"), ("0,0,5", "is not a number")):
        with tab.no_race():
            tab.rate().fill(value)
            error.get_by_text(words).wait_for()
            old.wait_for()
        assert error.count() == 1
        field_box, error_box = tab.rate().bounding_box(), error.bounding_box()
        assert 0 <= error_box["y"] - field_box["y"] - field_box["height"] < 20
        assert tab.rate().input_value() == value
        with tab.new_race():
            tab.rate().fill("0.03")
        expect(error).to_have_count(0)
        expect(old).to_have_count(0)
    tab.open_section("Change the numbers")
    with tab.no_race():
        tab.page.get_by_label("x, 1 to 8 numbers").fill("1,5")
        error.get_by_text("can be read as '1; 5' or as '1.5'").wait_for()


def test_a_decimal_comma_is_understood_and_stays(tab):
    with tab.new_race():
        tab.rate().fill("")
        tab.rate().press_sequentially("0,05")
        tab.wait_for_details(["η = 0.05"])
    assert tab.rate().input_value() == "0,05"
    with tab.new_race():
        tab.rate().press("ArrowUp")  # a step size goes to the next of 1, 2, 5 times a power of ten
    expect(tab.rate()).to_have_value("0.1")
    with tab.new_race():
        tab.rate().fill("0,05")
    tab.open_section("Change the numbers")
    with tab.new_race():
        tab.page.get_by_label("y", exact=True).fill("2,5")
    # Five ones: each step of 0.05 halves the distance, which begins at y. The first row stands after nine.
    expected = 2.5**2 * 0.25**9
    tab.wait_for_losses(f"Math.abs(rows[0][1] / {expected} - 1) < 1e-4")
    # What is out of a slider's bounds is said and stays as well, whoever leaves the field.
    field = tab.page.get_by_role("spinbutton", name="number input for Iterations")
    field.fill("5000")
    field.press("Tab")
    tab.page.locator(".gb-field-error").get_by_text("enter a whole number from 1 to 1,000").wait_for()
    assert field.input_value() == "5000"
    assert tab.page.locator(".toast-wrap .error").count() == 0
    with tab.new_race():
        field.fill("15")
    expect(tab.page.locator(".gb-field-error:visible")).to_have_count(0)


def test_the_link_restores_the_race(open_page, tab):
    tab.choose("Quadratic valley")
    with tab.new_race():
        tab.rate(2).fill("0.011")
    tab.wait_for_losses("rows.length === 10")
    tab.open_section("Take it away")
    link = tab.page.locator("#descent-link textarea, #descent-link input").first
    tab.page.wait_for_function(
        "() => document.querySelector('#descent-link textarea, #descent-link input')?.value.includes('0.011')"
    )
    address = link.input_value()
    assert address.startswith(tab.page.url.split("?")[0])
    other = open_page("descent")
    other.goto(address)
    again = Tab(other, races=2)
    other.wait_for_function(
        "() => document.querySelector('.gb-optimizer-2 input[data-number]').value === '0.011'"
    )
    again.wait_for_losses("rows.length === 10")
    assert again.losses() == tab.losses()
    assert again.optimizers() == tab.optimizers()
    other.goto(address.replace("steps=100", "steps=lots"))
    other.get_by_text("The link's settings cannot be used").wait_for()
    assert Tab(other).optimizers() == ["Gradient descent"]


def test_two_visitors_do_not_meet(open_page):
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


def is_rest(answer):
    """Tell whether an answer is the one to a resting cursor."""
    return '"iteration"' in (answer.request.post_data or "")


TIME_A_CHANGE = """async ([selector, value]) => {
  const name = "number input for Condition number κ";
  const field = document.querySelector(`input[aria-label='${name}']`);
  const player = document.querySelector(selector);
  const before = player.dataset.races;
  const start = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (player.dataset.races === before) return;
      observer.disconnect();
      requestAnimationFrame(resolve);
    }).observe(player, { attributes: true });
  });
  return performance.now() - start;
}"""


@pytest.mark.release
@pytest.mark.parametrize(
    ("address", "limit"),
    [
        ("problem=valley&steps=150&entries=gradient_descent:0.05", 100),
        ("problem=valley&steps=150", 200),
    ],
)
def test_a_change_is_drawn_quickly(open_page, undisturbed, address, limit):
    """From a change of κ, which every optimizer has to follow, to the redrawn picture: 150 steps in 2-D.

    The median of nine changes must meet the limit. On a machine that has other work it is given two more
    tries; benchmarks/README.md has what was measured.
    """
    page = open_page("descent", settings=address)
    tab = Tab(page, races=2)
    tab.wait_for_rest()
    medians = []
    with undisturbed():
        for first in (20, 40, 60):
            delays = []
            for condition in range(first, first + 9):
                with page.expect_response(is_rest):  # which would disturb the next
                    delays.append(page.evaluate(TIME_A_CHANGE, [PLAYER, str(condition)]))
            medians.append(statistics.median(delays))
            if medians[-1] <= limit:
                break
    print(f"change to picture, {len(tab.optimizers())} racing, medians in ms: {[round(m) for m in medians]}")
    assert min(medians) <= limit
