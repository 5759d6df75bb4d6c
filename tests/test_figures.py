"""Figures: the numbers given are the numbers drawn, and the page's colours are kept."""

import numpy as np
import pytest

from app.figures import draw_confusion, render_svg


@pytest.fixture
def confusion():
    return np.arange(1, 101).reshape(10, 10)


def test_every_count_stands_in_its_cell(confusion):
    (axes,) = draw_confusion(confusion).axes
    drawn = {text.get_position(): int(text.get_text()) for text in axes.texts}
    assert drawn == {(column, row): confusion[row, column] for row, column in np.ndindex(10, 10)}


def test_colour_shows_mistakes_and_not_the_diagonal(confusion):
    (axes,) = draw_confusion(confusion).axes
    shown = axes.images[0].get_array()
    assert np.diagonal(shown).sum() == 0
    assert shown[9, 8] == confusion[9, 8]
    assert confusion[5, 5] == 56  # what was given is left as it was


def test_zeros_are_left_out_and_a_perfect_result_can_be_drawn():
    (axes,) = draw_confusion(np.diag([10] * 10)).axes
    assert [text.get_text() for text in axes.texts] == ["10"] * 10


def test_svg_takes_the_pages_text_colour(confusion):
    svg = render_svg(draw_confusion(confusion), "Confusion matrix")
    assert svg.startswith("<svg")
    assert 'aria-label="Confusion matrix"' in svg
    assert "currentColor" in svg
    assert "#010203" not in svg
    assert "<script" not in svg
    assert ">99</text>" in svg
