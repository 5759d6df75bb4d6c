"""Signs are drawn by the digits' hand, the same whenever asked for; some kinds nothing is trained on."""

import numpy as np
import pytest

from models.data import signs
from models.data.glyphs import GLYPHS, load_glyphs, load_shared, read_glyph
from models.data.sign_table import SIGNS
from models.data.strokes import generate_digits, sample_strokes
from models.data.styles import SHARED, STYLES, USUAL_SHARE


@pytest.mark.parametrize("name", SIGNS)
def test_every_sign_is_drawn_in_strokes(name):
    first, again = (signs.sample_sign(name, np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    points = np.concatenate(first)
    assert points.dtype == np.float32
    assert np.isfinite(points).all()
    assert np.ptp(points, axis=0).max() > 0.3
    assert np.abs(points - 0.5).max() < 2


def test_unknown_sign_is_named_with_those_that_there_are():
    with pytest.raises(ValueError, match="no sign called 'Ж'. Signs: A, C, "):
        signs.sample_sign("Ж", np.random.default_rng(0))


def test_points_after_an_exclamation_mark_are_corners():
    (glyph, *_) = signs._load_signs("V")
    points = glyph.curve @ glyph.controls
    foot = points[points[:, 1].argmax()]
    np.testing.assert_allclose(foot, (0.5, 1), atol=1e-6)
    left = points[points[:, 0] < 0.5]
    np.testing.assert_allclose(left[:, 1], 2 * left[:, 0], atol=0.05)  # straight down to it


def test_a_set_may_be_made_in_chunks_and_differs_by_its_seed():
    whole = signs.generate_signs(30, seed=0)
    assert (whole.shape, whole.dtype) == ((30, 28, 28), np.uint8)
    chunks = [signs.generate_signs(20, seed=0), signs.generate_signs(10, seed=0, start=20)]
    assert np.array_equal(whole, np.concatenate(chunks))
    assert not np.array_equal(whole, signs.generate_signs(30, seed=1))
    assert (whole.max(axis=(1, 2)) > 200).all()


def test_what_is_held_out_is_never_drawn_for_training(monkeypatch):
    asked = set()
    draw = signs.sample_sign
    monkeypatch.setattr(signs, "sample_sign", lambda name, rng: asked.add(name) or draw(name, rng))
    signs.generate_signs(1500, seed=0)
    assert asked == set(signs.TRAINED)
    assert set(SIGNS) - asked == set(signs.HELD_OUT)


def test_styles_stand_beside_the_table_and_change_nothing_unasked(monkeypatch):
    """The data set of built-in strokes has the table alone, and must come out again."""
    plain = generate_digits(40, seed=5)[0]
    for digit in range(10):
        assert len(load_glyphs(digit)) == len(GLYPHS[digit])
        assert len(load_glyphs(digit, with_styles=True)) == len(GLYPHS[digit]) + len(STYLES[digit])
    assert np.array_equal(plain, generate_digits(40, seed=5, with_styles=False)[0])
    assert not np.array_equal(plain, generate_digits(40, seed=5, with_styles=True)[0])
    monkeypatch.setattr("models.data.glyphs.STYLES", {})
    assert np.array_equal(plain, generate_digits(40, seed=5)[0])


def test_every_style_is_written_by_some_hand():
    for digit in range(10):
        entries = load_glyphs(digit, with_styles=True)
        chosen = {np.random.default_rng(seed).integers(len(entries)) for seed in range(400)}
        assert chosen == set(range(len(entries)))
        assert sample_strokes(digit, np.random.default_rng(0), with_styles=True)


def test_shared_drawings_are_written_for_either_of_two_digits_as_often_as_said():
    """Each is one drawing of two digits; of all ten digits' drawings the share is as asked for."""
    shares = [
        {glyph.controls.tobytes(): share for glyph, share in zip(*load_shared(digit), strict=True)}
        for digit in range(10)
    ]
    for usual, other, strokes in SHARED:
        drawing = read_glyph(strokes).controls.tobytes()
        assert shares[usual][drawing] == pytest.approx(10 * USUAL_SHARE / len(SHARED))
        assert shares[other][drawing] == pytest.approx(10 * (1 - USUAL_SHARE) / len(SHARED))
    assert sum(map(len, shares)) == 2 * len(SHARED)

    written = []
    for digit, known in enumerate(shares):
        drawings = set(map(id, load_shared(digit)[0]))  # by id: a style of a digit may be the same drawing
        chosen = [id(choose_glyph(digit, seed)) in drawings for seed in range(2000)]
        assert np.mean(chosen) == pytest.approx(0.1 * sum(known.values()), abs=0.03)
        written += chosen
    assert np.mean(written) == pytest.approx(0.1, abs=0.007)


def choose_glyph(digit, seed):
    """Return the entry that is written, where a tenth of all drawings are shared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.data.strokes.write_glyph", lambda glyph, rng: glyph)
        return sample_strokes(digit, np.random.default_rng(seed), with_styles=True, shared=0.1)


def test_shared_drawings_come_only_where_they_are_asked_for():
    styled = generate_digits(60, seed=5, with_styles=True)[0]
    assert np.array_equal(styled, generate_digits(60, seed=5, with_styles=True, shared=0)[0])
    images, labels = generate_digits(60, seed=5, with_styles=True, shared=0.2)
    assert not np.array_equal(styled, images)
    assert np.array_equal(labels, generate_digits(60, seed=5)[1])  # each digit as likely as before
