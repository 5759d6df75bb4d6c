"""Draws Glassbox's icon, a pen stroke in a glass box, in every size that browsers and desktops ask for.

`python -m app.server.draw_icons` writes the images in `icons/`.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw

from app.server.web_app import ICONS_FOLDER

_GRID = 1024  # every length below is in pixels of this square
_FINE = 2  # drawn so many times larger, then scaled down: smooth edges
_TOP, _BOTTOM = (20, 140, 128), (10, 72, 68)  # the page's teal, lighter above
_GLASS, _EDGE, _INK = (255, 255, 255), (234, 252, 248), (255, 176, 92)
_RADIUS = 400  # of the box, from its middle to a corner
_SEVEN = ((-146, -172), (146, -172), (-46, 192))  # from the middle: the stroke of a seven
_FAVICON_SIZES = [(size, size) for size in (16, 32, 48, 64)]


def draw_icon(is_maskable: bool = False) -> Image.Image:
    """Draw the icon, much larger than it is shown.

    Args:
        is_maskable: Whether it fills its square, for systems that cut a shape of their own out of it; what
            counts then lies within the middle four fifths. Otherwise its corners are round.
    """
    side = _GRID * _FINE
    icon = _draw_ground(side)
    shrink = 0.9 if is_maskable else 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return side / 2 + x * shrink * _FINE, side / 2 + y * shrink * _FINE

    def width(pixels: float) -> int:
        return round(pixels * shrink * _FINE)

    corners = [place(*_corner(index)) for index in range(6)]
    middle = place(0, 0)
    for faces, alpha in (((0, 1), 70), ((2, 3), 26), ((4, 5), 46)):  # top, left, right of the box
        layer = Image.new("RGBA", icon.size, (*_GLASS, 0))
        first, second = faces
        face = [corners[first - 1], corners[first], corners[second], middle]
        ImageDraw.Draw(layer).polygon(face, fill=(*_GLASS, alpha))
        icon.alpha_composite(layer)
    back = Image.new("RGBA", icon.size, (*_EDGE, 0))
    for index in (1, 3, 5):
        _draw_line(ImageDraw.Draw(back), [middle, corners[index]], (*_EDGE, 120), width(20))
    icon.alpha_composite(back)
    canvas = ImageDraw.Draw(icon)
    _draw_line(canvas, [place(*point) for point in _SEVEN], (*_INK, 255), width(106))
    _draw_line(canvas, [*corners, corners[0]], (*_EDGE, 255), width(38))
    if not is_maskable:
        mask = Image.new("L", icon.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), side * 0.22, fill=255)
        icon.putalpha(mask)
    return icon


def save_icons(folder: Path = ICONS_FOLDER) -> None:
    """Write the icons as PNG files and the favicon as one ICO file of several sizes."""
    icon, maskable = draw_icon(), draw_icon(is_maskable=True)
    for name, drawing, size_px in (
        ("icon-180.png", maskable, 180),  # iPhones make the corners round themselves
        ("icon-192.png", icon, 192),
        ("icon-512.png", icon, 512),
        ("icon-512-maskable.png", maskable, 512),
    ):
        drawing.resize((size_px, size_px), Image.Resampling.LANCZOS).save(folder / name, optimize=True)
    icon.save(folder / "favicon.ico", sizes=_FAVICON_SIZES)


def _corner(index: int) -> tuple[float, float]:
    """Return a corner of the hexagon that the box's outline is; 0 is the upper left one, then clockwise."""
    angle = math.radians(60 * index - 150)
    return _RADIUS * math.cos(angle), _RADIUS * math.sin(angle)


def _draw_ground(side: int) -> Image.Image:
    shade = Image.linear_gradient("L").resize((side, side))  # black above, white below
    return Image.composite(
        Image.new("RGBA", shade.size, (*_BOTTOM, 255)), Image.new("RGBA", shade.size, (*_TOP, 255)), shade
    )


def _draw_line(
    canvas: ImageDraw.ImageDraw,
    points: list[tuple[float, float]],
    colour: tuple[int, int, int, int],
    width: int,
) -> None:
    """Draw a line whose ends and bends are round."""
    canvas.line(points, fill=colour, width=width, joint="curve")
    for x, y in points:
        canvas.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


if __name__ == "__main__":
    save_icons()
