"""Images from people: opened safely, and read as brightness.

An image comes from a stranger, a scanner or a phone: its size is checked before it is decoded, and it may be
gray, coloured or transparent. Shapes: H, W height and width.
"""

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from models.sketch.surroundings import shrink_image as shrink_image
from models.values import Floats32

MAX_SIDE_PX = 4096
MIN_SIDE_PX = 8
MAX_PROGRESSIVE_PX = 2 * MAX_SIDE_PX**2  # its coefficients are all kept while it is decoded: 3 bytes a pixel
NO_INK = 1 / 512  # half a step of an 8-bit image: below it, rounding
LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue, ITU-R BT.601
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")  # none that Pillow runs a program for
SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm",
)  # fmt: skip


def open_image(source: str | Path | IO[bytes]) -> npt.NDArray[Any]:
    """Open an image file, looking at its size before anything is decoded.

    Turns it upright as its EXIF data say, takes the first frame of an animation, resolves palettes and
    keeps 16 bits a pixel where it has them. A camera's large JPEG, of whatever sides, is decoded at a reduced
    size.

    Args:
        source: A path, or a file opened for reading bytes.

    Returns:
        An array for `read_light`: (H, W) bool, uint8, uint16 or float32, or (H, W, 3 or 4) uint8.

    Raises:
        ValueError: No such file, one that may not be read, not an image, damaged, or too large.
    """
    name = Path(str(source if isinstance(source, str | Path) else getattr(source, "name", "the file"))).name
    try:
        with Image.open(source, formats=FORMATS) as image:
            is_heavy = "progressive" in image.info and math.prod(image.size) > MAX_PROGRESSIVE_PX
            _reduce_jpeg(image)
            too_large = is_heavy or max(image.size) > MAX_SIDE_PX
            pixels = None if too_large else _read_pixels(ImageOps.exif_transpose(image))
    except FileNotFoundError:
        raise ValueError(f"There is no file {name!r}. Check the path.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = None
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error) as error:
        kind = _name_phone_format(source)
        if kind:
            raise ValueError(
                f"{name!r} is a {kind} photo, as many phones take them, which is not read here. Save or "
                "share it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible) and try again."
            ) from error
        if isinstance(error, OSError) and error.errno is not None:  # the system's, before Pillow saw a byte
            raise ValueError(f"{name!r} cannot be read: {error.strerror}.") from error
        raise ValueError(  # what Pillow raises for damaged files
            f"{name!r} cannot be read as an image: it is damaged or of another kind. "
            "Save it as PNG or JPEG and try again."
        ) from error
    if pixels is None:
        limit = f"{MAX_SIDE_PX} × {MAX_SIDE_PX} px"
        raise ValueError(f"{name!r} is larger than {limit}. Crop it or make it smaller.")
    return pixels


def _reduce_jpeg(image: Image.Image) -> None:
    """Have a large JPEG decoded to a half, a quarter or an eighth, its longer side not below half the limit.

    Asked for a square, Pillow goes by the shorter side, and leaves 4,608 × 3,456 as it is.
    """
    longer = max(image.size)
    if longer > MAX_SIDE_PX:
        width, height = (max(1, side * (MAX_SIDE_PX // 2) // longer) for side in image.size)
        image.draft("", (width, height))


def _name_phone_format(source: str | Path | IO[bytes]) -> str:
    """Return "HEIC" or "AVIF" for a file whose first bytes say so (ISO 14496-12, file type), else ""."""
    try:
        if isinstance(source, str | Path):
            with Path(source).open("rb") as file:
                head = file.read(12)
        else:
            source.seek(0)
            head = source.read(12)
    except (OSError, ValueError):
        return ""
    if head[4:8] != b"ftyp":
        return ""
    brand = head[8:12]
    if brand in (b"avif", b"avis"):
        return "AVIF"
    return "HEIC" if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1") else ""


def read_light(image: npt.NDArray[Any]) -> Floats32:
    """Read an image's brightness (H, W) in [0, 1].

    Args:
        image: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA; bool, uint8, uint16, or float in [0, 1] or
            [0, 255]. Transparent pixels are paper.

    Raises:
        ValueError: Not such an array, not finite, or too large or too small.
    """
    _check_image(image)
    return _read_light(image)


def list_channels(image: npt.NDArray[Any], light: Floats32) -> Iterator[Floats32]:
    """Yield an image's brightness, then its colours if it has any and is opaque; (H, W) in [0, 1] each."""
    yield light
    if image.ndim == 3 and image.shape[2] == 3:
        for channel in range(3):  # one at a time: a large photo's are 67 MB each
            yield image[:, :, channel].astype(np.float32) / np.float32(_find_white(image))


def find_box(ink: Floats32) -> tuple[slice, slice]:
    """Find the rows and columns that hold all ink; there must be some."""
    rows = np.flatnonzero(ink.any(1))
    columns = np.flatnonzero(ink.any(0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _read_pixels(image: Image.Image) -> npt.NDArray[Any]:
    """Decode an image into an array that `read_light` takes."""
    if image.mode in ("1", "L", "F") or image.mode.startswith("I;16"):
        pixels = np.asarray(image)
        return pixels.astype(np.uint16) if image.mode.startswith("I;16") else pixels
    if image.mode == "I":  # how Pillow before 11 opens 16-bit PNG
        return np.asarray(image).clip(0, 65535).astype(np.uint16)
    is_transparent = "A" in image.getbands() or "transparency" in image.info
    return np.asarray(image.convert("RGBA" if is_transparent else "RGB"))


def _check_image(image: npt.NDArray[Any]) -> None:
    """Raise ValueError for what `read_light` cannot take, before any of it is copied."""
    if not isinstance(image, np.ndarray):
        raise ValueError(f"The image is a {type(image).__name__}; it must be a NumPy array.")
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)):
        raise ValueError(
            f"The image's shape is {image.shape}; it must be (height, width) for gray, "
            "(height, width, 3) for RGB or (height, width, 4) for RGBA."
        )
    height, width = image.shape[:2]
    if max(height, width) > MAX_SIDE_PX:
        raise ValueError(
            f"The image is {width} × {height} px; at most {MAX_SIDE_PX} × {MAX_SIDE_PX} px are read. "
            "Crop it or make it smaller."
        )
    if min(height, width) < MIN_SIDE_PX:
        raise ValueError(
            f"The image is {width} × {height} px; a digit needs at least {MIN_SIDE_PX} × {MIN_SIDE_PX} px."
        )
    if image.dtype not in (np.bool_, np.uint8, np.uint16) and image.dtype.kind != "f":
        raise ValueError(
            f"The image's type is {image.dtype}; "
            "it must be bool, uint8, uint16, or float in [0, 1] or [0, 255]."
        )
    if image.dtype.kind == "f":
        low, high = float(image.min()), float(image.max())  # NaN if any is
        if not (np.isfinite(low) and np.isfinite(high)):
            raise ValueError("The image holds NaN or infinite values; every pixel must be a finite number.")
        if low < 0 or high > 255:
            raise ValueError(
                f"The image's values reach from {low:g} to {high:g}; they must lie in [0, 1] or [0, 255]."
            )


def _find_white(image: npt.NDArray[Any]) -> float:
    """Return the number that stands for full brightness in an image."""
    if image.dtype.kind == "f":
        return 1.0 if image.max() <= 1 else 255.0
    return 1.0 if image.dtype == np.bool_ else float(np.iinfo(image.dtype).max)


def _read_light(image: npt.NDArray[Any]) -> Floats32:
    """Turn an image into brightness (H, W), black 0 to white 1; transparent pixels become paper."""
    white = _find_white(image)
    if image.ndim == 2:
        return image.astype(np.float32) / np.float32(white)
    light = np.zeros(image.shape[:2], np.float32)
    for channel, weight in enumerate(LUMINANCE):
        light += image[:, :, channel] * np.float32(weight / white)
    if image.shape[2] == 3:
        return light
    opacity: Floats32 = image[:, :, 3].astype(np.float32) / np.float32(white)
    if opacity.min() == 1:
        return light
    # A mostly opaque border shows the paper. Otherwise the opaque part is ink, and the paper is whatever it
    # stands out from best: white behind dark ink, black behind bright.
    border, border_opacity = read_border(light), read_border(opacity)
    if np.mean(border_opacity > 0.5) >= 0.5:
        paper = float(np.median(border[border_opacity > 0.5]))
    else:
        ink_light = float((light * opacity).sum() / max(float(opacity.sum()), 1e-6))
        paper = 1.0 if ink_light < 0.5 else 0.0
    return opacity * light + (1 - opacity) * np.float32(paper)


def read_border(image: Floats32) -> Floats32:
    """Read the image's outermost pixels, as one row."""
    return np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
