"""Drawings and images become MNIST digits, or are refused with a reason."""

import contextlib
import io
import json
import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.checkpoints.prediction import predict_digit
from models.data.strokes import example_strokes, render_strokes, sample_strokes
from models.sketch.preparation import (
    MAX_POINTS,
    MAX_STROKES,
    SketchRefused,
    digit_from_image,
    digit_from_strokes,
    open_image,
)

SIZE = 280


def place_on_pad(strokes, scale=180.0, x=50.0, y=50.0):
    return [(stroke * scale + (x, y)).tolist() for stroke in strokes]


def draw_on_pad(digit, width_px=16.0, size_px=SIZE):
    """An image of a digit, bright on black."""
    strokes = [
        stroke * np.float32(0.7 * size_px) + np.float32(0.15 * size_px) for stroke in example_strokes(digit)
    ]
    return render_strokes(strokes, width_px, size_px)


def compare_shifted(image, expected):
    """Mean difference but for a shift of one pixel, which a centre of mass between two pixels allows."""
    shifts = [np.roll(expected, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return min(float(np.abs(image - shifted).mean()) for shifted in shifts)


def check_is_mnist_like(image):
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    for axis, inked in ((1, rows), (0, columns)):
        center = image.sum(axis) @ np.arange(28) / image.sum()
        assert abs(center - 14) <= 0.501 or inked[0] == 0 or inked[-1] == 27


# Strokes


@given(
    st.integers(0, 9),
    st.integers(0, 99),
    st.floats(30, 180),
    st.floats(20, 90),
    st.floats(20, 90),
    st.booleans(),
)
def test_drawing_of_any_size_and_place_becomes_an_mnist_digit(digit, seed, scale, x, y, with_stages):
    strokes = place_on_pad(sample_strokes(digit, np.random.default_rng(seed)), scale, x, y)
    sketch = digit_from_strokes(strokes, SIZE, with_stages)
    if max(np.ptp(np.clip(np.concatenate(strokes), 0, SIZE), axis=0)) > 0.1 * SIZE:
        check_is_mnist_like(sketch.image)


def test_size_and_place_of_a_drawing_make_no_difference():
    strokes = example_strokes(5)
    large = digit_from_strokes(place_on_pad(strokes, 200, 40, 40), SIZE).image
    small = digit_from_strokes(place_on_pad(strokes, 50, 200, 3), SIZE).image
    other_pad = digit_from_strokes(place_on_pad(strokes, 400, 80, 80), 2 * SIZE).image
    np.testing.assert_allclose(large, small, atol=1e-3)
    np.testing.assert_allclose(large, other_pad, atol=1e-3)


def test_stages_lead_from_the_drawing_to_the_digit():
    strokes = place_on_pad(example_strokes(4))
    sketch = digit_from_strokes(strokes, SIZE)
    assert [stage.name for stage in sketch.stages] == ["drawn", "cropped", "scaled", "centred"]
    assert max(sketch.stages[2].image.shape) == 20
    assert sketch.stages[-1].image is sketch.image
    assert sketch.stages[2].image.sum() == pytest.approx(sketch.image.sum())
    for stage in sketch.stages:
        assert stage.title
        assert 0 <= stage.image.min() <= stage.image.max() <= 1
    assert digit_from_strokes(strokes, SIZE, with_stages=False).stages == ()


@pytest.mark.parametrize("strokes", [[], [[]], [[], []], ()])
def test_empty_pad_asks_for_a_digit(strokes):
    with pytest.raises(SketchRefused, match="empty. Draw a digit"):
        digit_from_strokes(strokes)


@pytest.mark.parametrize(
    "strokes",
    [[[[10, 10]]], [[[10, 10], [10, 10]]], [[[10, 10], [14, 15]], [[12, 18]]], [[[-50, 5], [-9, 5]]]],
)
def test_dot_is_too_small(strokes):
    with pytest.raises(SketchRefused, match="too small to read. Draw the digit larger"):
        digit_from_strokes(strokes, SIZE)


def test_pad_scribbled_full_is_refused_quickly():
    started = time.thread_time()
    with pytest.raises(SketchRefused, match="too much ink"):
        digit_from_strokes([[[0, 0], [SIZE, SIZE]] * (MAX_POINTS // 2)], SIZE)
    assert time.thread_time() - started < 0.5


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        (None, "strokes are a NoneType; they must be a list"),
        ("0,0 1,1", "strokes are a str"),
        ({"strokes": []}, "strokes are a dict"),
        ([None], "A stroke is a NoneType; it must be a list of points"),
        (["abc"], "A stroke is a str"),
        ([{"x": 1, "y": 2}], "A stroke is a dict"),
        ([[1, 2]], "pair"),
        ([["ab", "cd"]], "pair"),
        ([[[1, 2, 3]]], "pair"),
        ([[[1]]], "pair"),
        ([[{"x": 1, "y": 2}]], "pair"),
        ([[["1", "2"]]], "str and str; its x and y must be numbers"),
        ([[[1, None]]], "int and NoneType"),
        ([[[True, False]]], "bool and bool"),
        ([[[[1], [2]]]], "list and list"),
        ([[[1, 2], [float("nan"), 3]]], "not finite or lies far outside the pad"),
        ([[[1, 2], [float("inf"), 3]]], "not finite"),
        ([[[1, 2], [3, -1e300]]], "far outside the pad; x and y must be from 0 to 280"),
        ([[[1, 2], [3, 600]]], "far outside"),
        ([[[1, 2], [10**400, 3]]], "too large a number"),
        ([np.zeros((3, 3))], r"shape \(3, 3\)"),
        ([np.zeros((3, 2), bool)], "type bool"),
        ([[[0, 0]]] * (MAX_STROKES + 1), f"501 strokes; at most {MAX_STROKES}"),
        ([[[0, 0]] * (MAX_POINTS // 2 + 1)] * 2, f"20002 points; at most {MAX_POINTS}"),
    ],
)
def test_bad_strokes_are_named(strokes, message):
    with pytest.raises(ValueError, match=message) as caught:
        digit_from_strokes(strokes, SIZE)
    assert not isinstance(caught.value, SketchRefused)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("size_px", [0, -1, float("nan"), float("inf")])
def test_pad_size_must_be_a_size(size_px):
    with pytest.raises(ValueError, match="size_px is"):
        digit_from_strokes([[[0, 0], [9, 9]]], size_px)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=30,
)


@given(JSON)
def test_any_json_gives_a_digit_or_a_value_error(strokes):
    with contextlib.suppress(ValueError):
        digit_from_strokes(json.loads(json.dumps(strokes)), SIZE)


@given(st.lists(st.lists(st.tuples(st.floats(-280, 560), st.floats(-280, 560)), max_size=9), max_size=5))
def test_any_points_near_the_pad_give_a_digit_or_a_refusal(strokes):
    try:
        image = digit_from_strokes(strokes, SIZE).image
    except SketchRefused:
        return
    assert np.isfinite(image).all()
    assert image.max() > 0.3


def test_the_longest_drawing_that_is_read_takes_no_second():
    circle = 135 * np.stack(
        [np.cos(np.linspace(0, 180, MAX_POINTS)), np.sin(np.linspace(0, 180, MAX_POINTS))], 1
    )
    strokes = [(circle + 140).tolist()]
    started = time.thread_time()
    digit_from_strokes(strokes, SIZE)
    assert time.thread_time() - started < 2


def test_a_drawing_is_prepared_in_time_for_live_prediction():
    strokes = [np.repeat(stroke, 3, axis=0).tolist() for stroke in example_strokes(8)]  # about 250 points
    strokes = place_on_pad([np.array(stroke) for stroke in strokes])
    for with_stages, limit_ms in ((False, 10), (True, 25)):  # quiet: 0.6 and 1.5 ms
        times = []
        for _ in range(20):
            started = time.thread_time()
            digit_from_strokes(strokes, SIZE, with_stages)
            times.append(time.thread_time() - started)
        assert 1000 * np.median(times) < limit_ms


# Images


@given(
    st.tuples(st.integers(8, 300), st.integers(8, 300)),
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
    st.booleans(),
)
def test_even_bars_and_blocks_are_read_or_refused(shape, corners, dark_ink):
    """Ink without any shading, such as a straight 1 from a drawing program."""
    rows, columns = (sorted(round(share * side) for share in pair)
                     for side, pair in zip(shape, (corners[:2], corners[2:]), strict=True))  # fmt: skip
    image = np.zeros(shape, np.uint8)
    image[rows[0] : rows[1], columns[0] : columns[1]] = 255
    with contextlib.suppress(SketchRefused):
        found = digit_from_image(255 - image if dark_ink else image).image
        assert np.isfinite(found).all()
        assert found.max() > 0


def test_thin_pen_in_a_large_image_is_read_in_time():
    image = np.zeros((4096, 4096), np.uint8)
    image[400:3700, 2000:2004] = 255
    started = time.thread_time()
    digit_from_image(image, with_stages=False)
    assert time.thread_time() - started < 5


@pytest.mark.gate
@pytest.mark.parametrize("resample", [Image.Resampling.NEAREST, Image.Resampling.BICUBIC])
def test_network_answers_as_it_does_for_the_originals(mnist_test, resample):
    """1,000 MNIST digits, ten times as large, somewhere on a pad: at least 99 % get the same answer."""
    rng = np.random.default_rng(0)
    originals = mnist_test[0][:1000]
    agreed = 0
    for image in originals:
        found = digit_from_image(paste(enlarge(image, resample), rng), with_stages=False).image
        answer = predict_digit(found, "convnet3").digit
        agreed += answer == predict_digit(image.astype(np.float32) / 255, "convnet3").digit
    assert agreed >= 990


def enlarge(image, resample):
    return np.asarray(Image.fromarray(image).resize((280, 280), resample))


def paste(image, rng, size_px=420):
    pad = np.zeros((size_px, size_px), np.uint8)
    row, column = rng.integers(0, size_px - 280, 2)
    pad[row : row + 280, column : column + 280] = image
    return pad


def test_mnist_comes_back_as_it_was(mnist_test):
    for image in mnist_test[0][:300]:
        assert (np.rint(digit_from_image(image).image * 255) == image).all()


@pytest.mark.gate
def test_mnist_enlarged_and_moved_comes_back_exactly(mnist_test):
    rng = np.random.default_rng(0)
    for image in mnist_test[0][:300]:
        found = digit_from_image(
            paste(enlarge(image, Image.Resampling.NEAREST), rng), with_stages=False
        ).image
        assert (np.rint(found * 255) == image).all()


@pytest.mark.gate
@pytest.mark.parametrize("resample", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC])
@pytest.mark.parametrize("dark_ink", [False, True])
def test_mnist_enlarged_smoothly_comes_back_nearly(mnist_test, resample, dark_ink):
    rng = np.random.default_rng(0)
    differences = []
    for image in mnist_test[0][:100]:
        pasted = paste(enlarge(image, resample), rng)
        found = digit_from_image(255 - pasted if dark_ink else pasted, with_stages=False).image
        differences.append(np.abs(found - image / 255).mean())
    assert np.mean(differences) < 0.025  # the smoothing itself costs 0.018
    assert np.quantile(differences, 0.99) < 0.09


def make_versions(ink):
    """The same ink as many kinds of image."""
    dark = 1 - ink
    bytes_ = np.rint(dark * 255).astype(np.uint8)
    black, white = np.zeros((*ink.shape, 3), np.uint8), np.full((*ink.shape, 3), 255, np.uint8)
    alpha = np.rint(ink * 255).astype(np.uint8)[:, :, None]
    return {
        "bright on dark": ink,
        "dark on light": dark,
        "float64 to 255": dark.astype(np.float64) * 255,
        "bytes": bytes_,
        "16 bits": np.rint(dark * 65535).astype(np.uint16),
        "rgb": np.repeat(bytes_[:, :, None], 3, 2),
        "opaque rgba": np.dstack([bytes_, bytes_, bytes_, np.full_like(bytes_, 255)]),
        "black on transparent": np.concatenate([black, alpha], 2),
        "white on transparent": np.concatenate([white, alpha], 2),
        "gray on gray": 0.6 - 0.4 * ink,
        "not contiguous": np.asfortranarray(bytes_)[::1],
    }


@pytest.mark.parametrize("digit", [1, 2, 5, 8])
def test_every_kind_of_image_gives_the_same_digit(digit):
    ink = draw_on_pad(digit)
    expected = digit_from_image(ink).image
    check_is_mnist_like(expected)
    for kind, image in make_versions(ink).items():
        np.testing.assert_allclose(digit_from_image(image).image, expected, atol=0.02, err_msg=kind)


def test_image_and_strokes_of_the_same_drawing_agree():
    for digit in range(10):
        strokes = place_on_pad(example_strokes(digit), 196, 42, 42)
        from_strokes = digit_from_strokes(strokes, SIZE).image
        # a pen of 2.3 px at 28 × 28 is this wide on the pad
        from_image = digit_from_image(draw_on_pad(digit, 2.3 * 196 / 17.7)).image
        assert compare_shifted(from_strokes, from_image) < 0.02, digit


def test_uneven_light_noise_and_dust_are_cleaned_away():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[-1:1:600j, -1:1:600j]
    for digit in range(10):
        ink = draw_on_pad(digit, 36, 600)
        paper = 0.7 + 0.2 * x - 0.12 * y - 0.05 * x * x
        photo = paper * (1 - 0.75 * ink) + rng.normal(0, 0.02, ink.shape)
        photo[20:24, 560:564] = 0.1
        photo[550:553, 30:34] = 0.1
        sketch = digit_from_image(photo.clip(0, 1))
        assert [stage.name for stage in sketch.stages] == ["drawn", "cleaned", "cropped", "scaled", "centred"]
        check_is_mnist_like(sketch.image)
        expected = digit_from_image(ink).image
        assert compare_shifted(sketch.image, expected) < 0.03, digit


def test_thin_pen_is_thickened():
    thin = digit_from_image(draw_on_pad(3, 4.0)).image
    check_is_mnist_like(thin)
    normal = digit_from_image(draw_on_pad(3, 24.0)).image
    assert thin.max() > 0.95
    assert thin.sum() > 0.6 * normal.sum()


def test_stages_of_a_large_image_stay_small():
    stages = digit_from_image(np.kron(draw_on_pad(2), np.ones((8, 8), np.float32))).stages
    assert [stage.name for stage in stages] == ["drawn", "cropped", "scaled", "centred"]
    assert max(max(stage.image.shape) for stage in stages) <= 280


@pytest.mark.parametrize("paper", [0.0, 0.3, 1.0])
def test_blank_and_faint_images_are_refused(paper):
    blank = np.full((100, 100), paper, np.float32)
    faint = blank + np.float32(0.03 if paper < 0.5 else -0.03) * draw_on_pad(3, size_px=100)
    for image in (blank, faint, np.dstack([blank, blank, blank, np.zeros_like(blank)])):
        with pytest.raises(SketchRefused, match="No ink stands out"):
            digit_from_image(image)


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_holds_no_ink(seed):
    noise = np.random.default_rng(seed).normal(0.7, 0.03, (300, 300)).clip(0, 1)
    with pytest.raises(SketchRefused, match="No ink stands out"):
        digit_from_image(noise)


def test_dot_in_an_image_is_too_small():
    image = np.zeros((400, 400), np.uint8)
    image[200:208, 200:208] = 255
    with pytest.raises(SketchRefused, match="too small to read. Crop"):
        digit_from_image(image)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (None, "NoneType; it must be a NumPy array"),
        ([[0, 1], [1, 0]], "list; it must be"),
        (np.zeros(28), r"shape is \(28,\)"),
        (np.zeros((28, 28, 2)), r"shape is \(28, 28, 2\)"),
        (np.zeros((1, 3, 28, 28)), "shape is"),
        (np.zeros((0, 0)), "0 × 0 px; a digit needs at least 8 × 8"),
        (np.zeros((1, 1)), "1 × 1 px"),
        (np.zeros((28, 3)), "3 × 28 px"),
        (
            np.broadcast_to(np.uint8(0), (20000, 20000)),
            "20000 × 20000 px; at most 4096 × 4096 px are read. Crop",
        ),
        (np.broadcast_to(np.uint8(0), (10, 4097, 3)), "4097 × 10 px; at most"),
        (np.full((28, 28), np.nan), "NaN or infinite"),
        (np.full((28, 28), np.inf), "NaN or infinite"),
        (np.full((28, 28), -1.0), "from -1 to -1; they must lie in"),
        (np.full((28, 28), 256.0), "from 256 to 256"),
        (np.zeros((28, 28), np.int64), "type is int64; it must be bool, uint8"),
        (np.zeros((28, 28), complex), "type is complex128"),
        (np.full((28, 28), "a"), "type is <U1"),
        (np.full((28, 28), None), "type is object"),
    ],
)
def test_bad_images_are_named(image, message):
    with pytest.raises(ValueError, match=message) as caught:
        digit_from_image(image)
    assert not isinstance(caught.value, SketchRefused)


@settings(max_examples=50)
@given(st.integers(8, 40), st.integers(8, 40), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_any_image_gives_a_digit_or_a_refusal(height, width, seed, share):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width), np.uint8) * (rng.random((height, width)) < share)
    try:
        image = digit_from_image(pixels.astype(np.uint8)).image
    except SketchRefused:
        return
    assert np.isfinite(image).all()
    assert 0 < image.max() <= 1


# Image files


def save(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


@pytest.fixture
def drawing() -> np.ndarray:
    return np.rint(255 * (1 - draw_on_pad(2))).astype(np.uint8)


def test_files_of_many_kinds_give_the_same_digit(drawing, tmp_path):
    gray = Image.fromarray(drawing)
    transparent = Image.merge("LA", (Image.new("L", gray.size, 0), Image.fromarray(255 - drawing)))
    files = {
        "png": save(gray),
        "rgb": save(gray.convert("RGB")),
        "palette": save(gray.convert("P")),
        "one bit": save(gray.convert("1", dither=Image.Dither.NONE)),
        "16 bits": save(Image.fromarray(drawing.astype(np.uint16) * 257)),
        "black on transparent": save(transparent),
        "rgba": save(transparent.convert("RGBA")),
        "jpeg": save(gray, "JPEG", quality=95),
        "jpeg of usual quality": save(gray, "JPEG", quality=75),
        "cmyk": save(gray.convert("CMYK"), "JPEG", quality=95),
        "gif": save(gray, "GIF"),
        "webp": save(gray.convert("RGB"), "WEBP", lossless=True),
        "bmp": save(gray, "BMP"),
        "animation": save(gray, "GIF", save_all=True, append_images=[Image.new("L", gray.size, 255)]),
    }
    expected = digit_from_image(drawing).image
    for kind, file in files.items():
        assert compare_shifted(digit_from_image(open_image(file)).image, expected) < 0.015, kind
    gray.save(tmp_path / "two.png")
    for path in (tmp_path / "two.png", str(tmp_path / "two.png")):
        assert (open_image(path) == drawing).all()
    assert open_image(files["16 bits"]).dtype == np.uint16


def test_image_is_turned_upright(drawing):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 270° to see it upright
    file = save(Image.fromarray(drawing).rotate(90), "PNG", exif=exif)
    assert (open_image(file) == drawing).all()


def make_png_header(width, height):
    """A PNG that claims a size and holds no pixels."""
    header = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + header + zlib.crc32(header).to_bytes(4)


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (10_000, 10_000), (5_000, 10)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_large_image_is_refused_by_its_header(tmp_path, width, height):
    path = tmp_path / "large.png"
    path.write_bytes(make_png_header(width, height) + b"\0\0\0\0IDAT")
    with pytest.raises(ValueError, match=r"'large.png' is larger than 4096 × 4096 px. Crop it"):
        open_image(path)


@pytest.mark.parametrize(
    "size",
    [(4608, 3456), (4624, 3468), (4160, 2352), (3456, 4608), (8000, 6000), (9000, 1200), (12_000, 9000)],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_large_photo_is_decoded_at_a_reduced_size(size):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    pixels = open_image(save(Image.new("L", size, 255), "JPEG", exif=exif))
    height, width = pixels.shape
    assert 2048 <= max(height, width) <= 4096
    assert width / height == pytest.approx(size[1] / size[0], rel=0.01)


def test_large_progressive_photo_is_refused_before_its_coefficients_fill_memory():
    file = save(Image.new("L", (8000, 6000), 255), "JPEG", progressive=True)
    with pytest.raises(ValueError, match="larger than 4096 × 4096 px"):
        open_image(file)
    small = save(Image.new("L", (4608, 3456), 255), "JPEG", progressive=True)
    assert max(open_image(small).shape) == 2304


@pytest.mark.parametrize(("brand", "kind"), [(b"heic", "HEIC"), (b"mif1", "HEIC"), (b"avif", "AVIF")])
def test_phones_other_formats_are_named_with_what_to_do(tmp_path, brand, kind):
    content = (24).to_bytes(4) + b"ftyp" + brand + bytes(400)
    path = tmp_path / "photo.heic"
    path.write_bytes(content)
    for source in (path, io.BytesIO(content)):
        with pytest.raises(ValueError, match=f"is a {kind} photo.* as JPEG"):
            open_image(source)


def test_damaged_and_foreign_files_are_refused(drawing, tmp_path):
    good = save(Image.fromarray(drawing)).getvalue()
    noise = np.random.default_rng(0).bytes(2000)
    for content in (
        b"",
        b"hello",
        noise,
        good[:40],
        good[: len(good) // 2],
        good[:60] + noise,
        b"%!PS-Adobe-3.0",
    ):
        path = tmp_path / "broken.png"
        path.write_bytes(content)
        with pytest.raises(
            ValueError, match=r"'broken.png' cannot be read as an image.*Save it as PNG or JPEG"
        ):
            open_image(path)
    with pytest.raises(ValueError, match="'broken.png'|cannot be read"):
        open_image(io.BytesIO(b"hello"))
    with pytest.raises(ValueError, match="no file 'gone.png'. Check the path"):
        open_image(tmp_path / "gone.png")
    with pytest.raises(ValueError, match="cannot be read"):
        open_image(tmp_path)
