"""What the harness itself promises: no error of a page goes unseen."""

import pytest

from app.ui.components.chart import build_chart


@pytest.mark.parametrize("script", ["setTimeout(() => { throw Error('x'); })", "Promise.reject(Error('x'))"])
def test_errors_that_nobody_caught_are_written_down(open_harness, page_errors, script):
    harness = open_harness(build_chart(elem_id="chart"))
    harness.page.evaluate(f"() => {{ {script}; }}")
    harness.wait_for_frame()
    assert [error.splitlines()[0] for error in page_errors] == ["Error: x"]
    page_errors.clear()


def test_a_function_of_pythons_that_fails_answers_nothing(open_harness):
    """As Gradio's page has it: a component's script has to look."""

    def fail(value):
        raise ValueError(value)

    chart = build_chart(elem_id="chart", server_functions=[fail])
    harness = open_harness(chart)
    harness.page.evaluate(
        "() => { window.answered = standIn.parts.chart.server.fail(1).then((it) => [it]); }"
    )
    assert harness.page.evaluate("window.answered.then(([it]) => it === undefined)")
