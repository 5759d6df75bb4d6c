"""The table of the shipped networks says what their headers record."""

from app.sketchpad.scores import count_drawings, show_scores
from models.checkpoints.file import list_checkpoints, read_info


def test_every_shipped_network_has_its_row_and_its_own_numbers():
    head, rule, *rows = show_scores().splitlines()
    assert head.count("|") == rule.count("|") == 8
    assert len(rows) == len(list_checkpoints())
    for name, row in zip(list_checkpoints(), rows, strict=True):
        info = read_info(name)
        title, test, strokes, images, temperature, error, drawn_error = row.strip("| ").split(" | ")
        assert f"({info.recipe['recipe']})" in title
        assert test == f"{info.test_accuracy:.2%}"
        assert strokes == f"{info.drawn_accuracy:.1%}"
        assert images == f"{info.drawn_picture_accuracy:.1%}"
        assert temperature == f"{info.temperature:.2f}"
        assert error == f"{info.test_calibration_error:.2%}"
        assert drawn_error == f"{info.drawn_calibration_error:.2%}"
        assert info.num_drawn == count_drawings()
