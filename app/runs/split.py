"""Question 4: the first images of a split, drawn again and again, as the page shows them."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import numpy as np

from app.ui.card_button import write_card_button
from app.ui.packing import encode_bytes
from models.data.datasets import Gallery, draw_split, load_gallery

NUM_DIGITS = 8
MAX_SEED = 2**31 - 1
_NUM_REMEMBERED = 4

_SPLIT = "trainset, valset = random_split(all_train, [num_train, num_val]"


class Draw(NamedTuple):
    """The first digits of one draw, as indices of the training images (8,), by the way they were drawn."""

    without: tuple[int, ...]
    seeded: tuple[int, ...]
    shuffled: tuple[int, ...]


def draw_again(earlier: list[Draw], seed: Any) -> list[Draw]:
    """Draw all three once more.

    Args:
        earlier: The draws with this seed so far, of which the latest few are kept.
        seed: Seed of the split's generator, unchecked.

    Raises:
        ValueError: If the seed is not a whole number from 0 to 2³¹ − 1.
    """
    is_whole = isinstance(seed, int | float) and not isinstance(seed, bool) and seed == seed // 1
    if not is_whole or not 0 <= seed <= MAX_SEED:
        raise ValueError(
            f"The seed is {'empty' if seed is None else seed}; it must be a whole number from 0 to "
            f"{MAX_SEED:,}; the notebook's is 42."
        )
    num = len(load_gallery("train").labels)
    drawn = (draw_split(None, num), draw_split(int(seed), num), draw_split(int(seed), num, shuffle=True))
    draw = Draw(*(tuple(first[:NUM_DIGITS].tolist()) for first in drawn))
    return [*earlier, draw][-_NUM_REMEMBERED:]


def show_draws(draws: list[Draw], seed: int) -> str:
    """Show the latest draw as images and all of them as labels, as HTML; nothing of it is the visitor's."""
    gallery = load_gallery("train")
    generator = f"generator = torch.Generator().manual_seed({seed})"
    rows = (
        ("A split without a fixed generator", f"{_SPLIT})", [draw.without for draw in draws]),
        (
            f"A split with the seed {seed}",
            f"{generator}\n{_SPLIT}, generator=generator)",
            [draw.seeded for draw in draws],
        ),
        (
            f"The split with the seed {seed}, in a loader that shuffles",
            "trainloader = DataLoader(trainset, batch_size=32, shuffle=True)",
            [draw.shuffled for draw in draws],
        ),
    )
    shown = "".join(_show_row(gallery, title, code, drawn) for title, code, drawn in rows)
    source = f'<p class="gb-split-source" data-card-text>From the {gallery.name}.</p>'
    button = write_card_button("explanation", "Question 4: the first images of a split")
    return f'<div class="gb-split" data-card="alone" data-seed="{seed}">{shown}{source}{button}</div>'


def _show_row(gallery: Gallery, title: str, code: str, drawn: list[tuple[int, ...]]) -> str:
    digits = "".join(
        f'<span class="gb-split-digit" role="img" aria-label="a {gallery.labels[index]}" '
        f'title="image {index:,}" style="--image: url({_encode(gallery.images[index])})"></span>'
        for index in drawn[-1]
    )
    labels = [" ".join(str(gallery.labels[index]) for index in draw) for draw in drawn]
    earlier = "".join(f"<li data-card-text>{each} · earlier</li>" for each in reversed(labels[:-1]))
    return (
        f"<section><h3 data-card-text>{title}</h3><pre><code>{code}</code></pre>"
        f'<div class="gb-split-row">{digits}</div>'
        f"<ol><li data-card-text><b>{labels[-1]}</b> · {_compare(drawn)}</li>{earlier}</ol></section>"
    )


def _compare(drawn: list[tuple[int, ...]]) -> str:
    """Say how the latest draw stands to the ones before it."""
    if len(drawn) == 1:
        return "the first draw"
    if len(set(drawn)) == 1:
        return "the same images each time"
    return "other images than before" if drawn[-1] not in drawn[:-1] else "images drawn before"


def _encode(image: np.ndarray) -> str:
    """Return an image (28, 28) uint8 as a PNG's data URI whose ink is opaque and whose paper is not."""
    from PIL import Image

    ink = Image.merge("LA", (Image.new("L", image.shape[::-1]), Image.fromarray(image)))
    buffer = io.BytesIO()
    ink.save(buffer, "PNG")
    return f"data:image/png;base64,{encode_bytes(buffer.getvalue())}"
