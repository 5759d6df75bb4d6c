"""Several digits in one image are found and read one by one; a page of text is named as one."""

import numpy as np
import pytest

from models.sketch import preparation, sheet
from models.sketch.digit import SeveralDigits, SketchRefused
from models.sketch.input import read_found
from models.sketch.pen_width import DETAIL_PX
from models.sketch.preparation import digit_from_image
from models.sketch.several import MAX_FOUND
from models.sketch.sheet import NUM_TRIED
from tests.sketch.pictures import to_bytes
from tests.sketch.sheets import SHEETS, set_page, write_rows

pytestmark = pytest.mark.gate  # some seconds


def read_sheet(image):
    """What is read in an image of several digits, in reading order; as one digit, nothing."""
    try:
        digit_from_image(image, with_stages=False)
    except SeveralDigits as several:
        return [answer.digit if answer else None for answer in read_found(several.digits, "sketchpad")]
    except SketchRefused as refusal:
        return [str(refusal)]
    return []


@pytest.mark.parametrize("kind", SHEETS)
def test_digits_of_one_image_are_read_in_reading_order(kind):
    """In a row, in rows, on a photo, in a grid or in boxes: all are found, and nearly all read rightly."""
    num_found = num_right = num_written = 0
    for seed in range(200, 204):
        image, rows = SHEETS[kind](seed)
        written = [digit for row in rows for digit in row]
        read = read_sheet(image)
        num_found += len(read) == len(written)
        num_written += len(written)
        num_right += sum(a == b for a, b in zip(read, written, strict=False))
    assert num_found >= 3
    assert num_right >= 0.9 * num_written


def test_boxes_lie_around_the_digits():
    sheet = np.pad(write_rows([[4, 7]], np.random.default_rng(0)), 30)  # (180, 240), cells 90 × 120
    with pytest.raises(SeveralDigits, match="There are 2 digits here") as caught:
        digit_from_image(to_bytes(1 - sheet))
    ink = sheet > 0.5
    for column, found in enumerate(caught.value.digits):
        start = 30 + 90 * column
        rows, columns = np.nonzero(ink[:, start : start + 90])
        assert found.left * 240 == pytest.approx(start + columns.min(), abs=2)
        assert (found.left + found.width) * 240 == pytest.approx(start + columns.max() + 1, abs=2)
        assert found.top * 180 == pytest.approx(rows.min(), abs=2)
        assert (found.top + found.height) * 180 == pytest.approx(rows.max() + 1, abs=2)


def test_so_many_digits_are_read_and_no_more():
    rng = np.random.default_rng(3)
    most = to_bytes(1 - write_rows([[3] * 9] * 9, rng, cell=(44, 50)))
    assert len(read_sheet(most)) == MAX_FOUND
    more = to_bytes(1 - write_rows([[3] * 9] * 10, rng, cell=(44, 50)))
    assert read_sheet(more) == ["There are more than 81 digits here. Crop the image to fewer of them."]


@pytest.mark.parametrize(
    ("shape", "num_prepared"), [((1, 1), 0), ((1, 4), 4), ((3, 4), 12), ((10, 9), NUM_TRIED + 9)]
)
def test_digits_are_prepared_where_that_matters_once_and_small(monkeypatch, shape, num_prepared):
    sizes, fit_pen = [], preparation.fit_pen
    for module in (preparation, sheet):
        monkeypatch.setattr(module, "fit_pen", lambda ink: sizes.append(max(ink.shape)) or fit_pen(ink))
    num_rows, num_columns = shape
    cell = (44, 50) if num_rows > 9 else (240, 300)
    read_sheet(to_bytes(1 - write_rows([[3] * num_columns] * num_rows, np.random.default_rng(3), cell=cell)))
    of_one = [size for size in sizes if size > DETAIL_PX]  # the image as one digit
    assert len(of_one) <= 1
    assert len(sizes) - 1 <= num_prepared


@pytest.mark.parametrize("is_photo", [False, True], ids=["screenshot", "photo"])
@pytest.mark.parametrize("num_lines", [1, 2, 4, 12, 40])
def test_page_of_text_is_named(num_lines, is_photo):
    """In light print on dark and dark on light, in six fonts and all sizes."""
    for seed in range(300, 303):
        with pytest.raises(SketchRefused, match="This looks like a page of text") as caught:
            digit_from_image(set_page(seed, num_lines, is_photo))
        assert not isinstance(caught.value, SeveralDigits)
