"""Image files and arrays are read whatever their kind, or refused with a reason before they fill memory."""

import io
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from models.sketch.digit import SketchRefused
from models.sketch.image import open_image
from models.sketch.preparation import digit_from_image
from tests.sketch.pad import compare_shifted, draw_on_pad


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


PEAK = """
import re, sys
from pathlib import Path
from models.sketch.image import open_image
from models.sketch.preparation import digit_from_image
def read(path):
    digit_from_image(open_image(path))
    # Of this process alone: what getrusage tells begins with the peak of the one that started it.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
first = read(sys.argv[1])
print(read(sys.argv[2]) - first)
"""


@pytest.mark.gate
@pytest.mark.skipif(sys.platform != "linux", reason="where the system tells a process's peak")
def test_no_photo_takes_more_memory_than_the_largest_that_is_read_whole(tmp_path):
    added = {}
    for width in (400, 4096, 4608, 12_000):
        height = 3 * width // 4
        y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        ring = np.abs(np.hypot(1.5 * x, y, dtype=np.float32) - 0.5) < 0.06
        photo = Image.fromarray(np.where(ring, 40, 230).astype(np.uint8)).convert("RGB")
        photo.save(tmp_path / f"{width}.jpg", quality=80)
        read = [sys.executable, "-W", "ignore", "-c", PEAK, tmp_path / "400.jpg", tmp_path / f"{width}.jpg"]
        added[width] = int(subprocess.run(read, capture_output=True, text=True, check=True).stdout)
    whole = added.pop(4096)
    assert whole > 36_000  # KiB: three bytes a pixel at the least
    assert max(added.values()) < whole


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
