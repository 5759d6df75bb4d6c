"""`glassbox predict`: folders, patterns, tables, and a network that has learned clothes."""

import csv
import os

import numpy as np
import pytest
from PIL import Image

from app.cli import main
from app.predict import find_images
from models.checkpoints.prediction import predict_digit
from models.data import datasets
from models.data.datasets import load_dataset
from models.data.names import CLOTHES
from models.data.strokes import generate_digits, render_strokes
from models.sketch.detector import REASON
from models.sketch.preparation import digit_from_image
from tests.runs.trained_runs import write_clothes_checkpoint
from tests.sketch.own_signs import draw_sign
from tests.sketch.sheets import draw_row, set_page


def run(capsys, *arguments):
    """Return exit status, lines of the standard output, and the standard error of one command."""
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out.splitlines(), captured.err


@pytest.fixture
def folder(tmp_path):
    """A pupil's folder: two digits, notes and a hidden file."""
    images, _ = generate_digits(2, seed=3)
    folder = tmp_path / "class"
    folder.mkdir()
    for name, image in zip(("b.png", "a.JPG"), images, strict=True):
        Image.fromarray(np.kron(image, np.ones((10, 10), np.uint8))).save(folder / name)
    (folder / "notes.txt").write_text("no image")
    (folder / ".hidden.png").write_bytes(b"")
    return folder


def test_a_folder_stands_for_its_images(capsys, folder):
    status, lines, errors = run(capsys, "predict", folder)
    assert status == 0
    assert [line.partition(": ")[0] for line in lines] == [f"{folder / 'a.JPG'}", f"{folder / 'b.png'}"]
    assert "1 of 3 files are left out, since they are no images that can be read (.txt)" in errors


def test_a_folder_without_images_is_told(capsys, tmp_path):
    status, _, errors = run(capsys, "predict", tmp_path)
    assert status == 2
    assert errors == (
        f"glassbox: {tmp_path} holds no image. Files are read that end in .png, .jpg, .jpeg, .gif, .bmp, "
        ".webp, .tif, .tiff, .ppm, .pgm, .pbm, .pnm.\n"
    )


def test_a_pattern_is_expanded_where_no_shell_has_done_it(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert [str(path) for path in find_images(["*.png", f"{folder}/?.JPG"])] == ["b.png", f"{folder}/a.JPG"]
    with pytest.raises(ValueError, match=r"No file fits \*.bmp"):
        find_images(["*.bmp"])
    (folder / "[1].png").write_bytes(b"")
    assert [str(path) for path in find_images(["[1].png"])] == ["[1].png"]


def test_a_file_that_may_not_be_read_is_called_so(capsys, folder, monkeypatch):
    def refuse(*arguments, **keywords):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Image, "open", refuse)
    status, _, errors = run(capsys, "predict", folder / "b.png")
    assert status == 2
    assert errors == f"glassbox: {folder / 'b.png'}: 'b.png' cannot be read: Permission denied.\n"


def test_several_digits_of_an_image_have_a_row_each(capsys, tmp_path):
    image, rows = draw_row(4)
    path, table = tmp_path / "row.png", tmp_path / "row.csv"
    Image.fromarray(image).save(path)
    status, lines, errors = run(capsys, "predict", path, "--csv", table)
    assert (status, errors) == (0, "")
    written = list(map(str, rows[0]))
    assert [line.partition("  (")[0] for line in lines[:-1]] == [
        f"{path}#{number}: {digit}" for number, digit in enumerate(written, 1)
    ]
    with table.open(newline="") as file:
        assert [row["answer"] for row in csv.DictReader(file)] == written


def test_page_of_text_is_said_to_be_one(capsys, tmp_path):
    Image.fromarray(set_page(1)).save(tmp_path / "page.png")
    status, lines, errors = run(capsys, "predict", tmp_path / "page.png")
    assert (status, lines) == (2, [])
    assert "This looks like a page of text" in errors
    assert "Crop the image to one digit" in errors


def test_answers_are_a_table_that_says_its_separators(capsys, folder, tmp_path):
    (folder / "c.png").write_bytes(b"no image")
    tables = {}
    for decimal, told in (
        ("point", "commas between values, points in numbers"),
        ("comma", "semicolons between values, commas in numbers"),
    ):
        out = tmp_path / f"{decimal}.csv"
        _, lines, _ = run(capsys, "predict", folder, "--csv", out, "--decimal", decimal)
        assert lines[-1] == f"Wrote {out}: 3 images, {told}."
        rows = out.read_text(encoding="utf-8-sig").splitlines()
        tables[decimal] = list(csv.DictReader(rows, delimiter="," if decimal == "point" else ";"))
    expected = predict_digit(digit_from_image(np.asarray(Image.open(folder / "b.png"))).image, "sketchpad")
    first, second, third = tables["point"]
    assert second["answer"] == str(expected.digit)
    shares = [float(second[str(digit)]) for digit in range(10)]
    assert shares == pytest.approx(expected.probabilities, abs=1e-6)
    assert float(second["confidence"]) == max(shares)
    assert (third["answer"], first["error"]) == ("", "")
    assert "cannot be read as an image" in third["error"]
    assert tables["comma"][1]["confidence"] == second["confidence"].replace(".", ",")
    status, _, errors = run(capsys, "predict", folder, "--csv", out)
    assert status == 2
    assert "exists already; choose another --csv" in errors


def test_a_letter_is_read_and_doubted(capsys, folder, tmp_path):
    ink = render_strokes([np.array(stroke, np.float32) for stroke in draw_sign("H", "careful")], 16, 280)
    Image.fromarray(np.uint8(255 * ink)).save(folder / "h.png")
    status, lines, errors = run(capsys, "predict", folder / "h.png", "--csv", tmp_path / "out.csv")
    assert status == 0
    assert lines[0].startswith(f"{folder / 'h.png'}: ")
    assert errors == f"glassbox: {folder / 'h.png'}: {REASON}\n"
    (row,) = csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (row["answer"], row["error"], row["doubt"]) == (lines[0].split(": ")[1][0], "", REASON)


@pytest.fixture
def clothes_network(tmp_path):
    write_clothes_checkpoint(tmp_path / "clothes.safetensors")
    return tmp_path / "clothes.safetensors"


def test_a_network_of_clothes_answers_with_clothes_and_is_given_them_uncropped(
    capsys, clothes_network, tmp_path
):
    image = np.zeros((28, 28), np.uint8)
    image[3:12, 2:20] = 200  # cropped and centred as a digit it would be another image
    Image.fromarray(image).save(tmp_path / "piece.png")
    status, (line,), _ = run(capsys, "predict", tmp_path / "piece.png", "--checkpoint", clothes_network)
    expected = predict_digit(image.astype(np.float32) / 255, clothes_network)
    assert status == 0
    assert expected.name == CLOTHES[expected.digit]
    assert line.startswith(f"{tmp_path / 'piece.png'}: {expected.name}  ({expected.name}: ")
    assert f"{expected.probabilities.max():.1%}" in line or ">99.9%" in line


def test_evaluate_prints_names(capsys, clothes_network, monkeypatch):
    monkeypatch.setattr(datasets, "load_dataset", lambda name, part: load_dataset("strokes", part, 50))
    status, lines, _ = run(capsys, "evaluate", clothes_network)
    assert status == 0
    assert lines[0].startswith("mlp on 50 test images of fashion-mnist: ")
    assert any(line.startswith("Ankle boot") for line in lines)
    assert lines[-1].startswith("[0] T-shirt/top, [1] Trouser, ")


@pytest.mark.parametrize(
    "options", [["--dataset", "strokes"], ["--pen", "digits.tra"], ["--images", "photos"]]
)
def test_clothes_are_not_measured_by_digits(capsys, clothes_network, options):
    status, _, errors = run(capsys, "evaluate", clothes_network, *options)
    assert status == 2
    assert "This network has learned clothes, and " in errors
    assert "show digits: choose others." in errors


def test_digits_are_not_measured_by_clothes(capsys):
    status, _, errors = run(capsys, "evaluate", "mlp", "--dataset", "fashion-mnist")
    assert status == 2
    assert "has learned digits, and the images of fashion-mnist show clothes" in errors
