"""The benchmark of people's digits prints all of its figures in one go."""

import numpy as np
import pytest
from PIL import Image

from benchmarks import people
from models.data import datasets
from tests.sketch.pen_writing import write_digits, write_unipen
from tests.sketch.pictures import draw


@pytest.mark.gate
def test_everything_is_measured_by_one_command(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(people, "HANDS", 1)
    everything = datasets.load_dataset("strokes", "test", 50)
    monkeypatch.setattr(datasets, "load_dataset", lambda name, part: everything)
    monkeypatch.setattr(people, "load_dataset", lambda name, part: everything)
    pen_file = write_unipen(tmp_path / "a.tra", write_digits(20))
    (tmp_path / "photos" / "3").mkdir(parents=True)
    Image.fromarray(draw(3, 0)).save(tmp_path / "photos" / "3" / "a.png")
    chosen = ["--checkpoint", "sketchpad", "--checkpoint", "glassnet"]
    people.main(["--pen", f"{pen_file}", "--images", f"{tmp_path / 'photos'}", *chosen])
    printed = capsys.readouterr().out
    for what in (
        "20 drawings of a.tra, from their strokes",
        "20 drawings of a.tra, from their images",
        f"1 images of {tmp_path / 'photos'}",
        "50 test images of mnist",
    ):
        assert printed.count(f"glassnet on {what}") == 2  # both are of that architecture
    assert printed.count("2 checkpoints on ") == 4
    verdicts = [people.judge_image(image) for image in everything.images[:, 0].numpy() / np.float32(255)]
    assert f"MNIST's test images: {verdicts.count('refused')} of 50 refused" in printed
    assert f"MNIST's test images: {verdicts.count('doubted')} of 50 doubted" in printed
    assert printed.count(", 1 hands each: share refused or doubted") == 2


def test_a_mistake_ends_it_with_what_is_wrong(capsys):
    with pytest.raises(SystemExit, match="1"):
        people.main(["--pen", "gone.tra"])
    assert "gone.tra cannot be read" in capsys.readouterr().err
