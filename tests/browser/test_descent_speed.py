"""How quickly the descent is drawn anew."""

import statistics

import pytest

from tests.browser.descent_tab import PLAYER, Tab


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
