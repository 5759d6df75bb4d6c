"""What the bench itself promises: no error of a page goes unseen."""

import pytest

from app.ui.components.chart import build_chart


@pytest.mark.parametrize("script", ["setTimeout(() => { throw Error('x'); })", "Promise.reject(Error('x'))"])
def test_errors_that_nobody_caught_are_written_down(open_bench, page_errors, script):
    bench = open_bench(build_chart(elem_id="chart"))
    bench.page.evaluate(f"() => {{ {script}; }}")
    bench.wait_for_frame()
    assert page_errors == ["x"]
    page_errors.clear()


def test_a_function_of_pythons_that_fails_answers_nothing(open_bench):
    """As Gradio's page has it: a component's script has to look."""

    def fail(value):
        raise ValueError(value)

    chart = build_chart(elem_id="chart", server_functions=[fail])
    bench = open_bench(chart)
    bench.page.evaluate("() => { window.answered = standIn.parts.chart.server.fail(1).then((it) => [it]); }")
    assert bench.page.evaluate("window.answered.then(([it]) => it === undefined)")
