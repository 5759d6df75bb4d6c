"""Where the network's pixels lie on the pad: the strokes, moved there, draw the network's input again."""

import numpy as np
import pytest

from app.sketchpad.tab import build_example
from models.data.strokes import FIELD_PX, PEN_WIDTH_PX, render_strokes
from models.sketch.field import find_field
from models.sketch.preparation import digit_from_strokes

SIZE_PX = 280


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(("scale", "shift"), [(1, (0, 0)), (0.4, (150, 20)), (1.5, (-90, -40))])
def test_strokes_drawn_in_the_field_are_the_networks_input(digit, scale, shift):
    strokes = [(np.array(stroke) * scale + shift).tolist() for stroke in build_example(digit)]
    image = digit_from_strokes(strokes, SIZE_PX).image
    field = find_field(strokes, image, SIZE_PX)
    within = [
        ((np.array(stroke).clip(0, SIZE_PX) - (field.x, field.y)) * FIELD_PX / field.side).astype(np.float32)
        for stroke in strokes
    ]
    np.testing.assert_allclose(render_strokes(within, PEN_WIDTH_PX, FIELD_PX), image, atol=0.02)


def test_a_drawing_twice_as_large_has_a_field_twice_as_large():
    small, large = [[[100, 100], [100, 150]]], [[[50, 50], [50, 150]]]
    fields = [find_field(one, digit_from_strokes(one, SIZE_PX).image, SIZE_PX) for one in (small, large)]
    assert fields[1].side == pytest.approx(2 * fields[0].side)
