"""What a component's script asks Python for, under the script's own names."""

from app.ui.server_functions import name_functions


def test_one_answer_can_have_several_names():
    def double(request):
        return str(2 * request)

    twice, negated = name_functions(twice=double, negated=lambda request: str(-request))
    (again,) = name_functions(again=double)
    assert [each.__name__ for each in (twice, negated, again)] == ["twice", "negated", "again"]
    assert [each(3) for each in (twice, negated, again)] == ["6", "-3", "6"]
