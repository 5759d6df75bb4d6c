"""Images in folders named after their digit are measured as the sketchpad reads them."""

import numpy as np
import pytest
from PIL import Image

from app.cli import main
from models.checkpoints.file import load_checkpoint
from models.checkpoints.prediction import find_temperature
from models.sketch.evaluation import evaluate_inputs
from models.sketch.image_folder import LabelledImage, find_labelled_images, prepare_images
from models.sketch.preparation import digit_from_image
from tests.sketch.pictures import draw


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Digits drawn on paper by two sources and by none, an empty sheet, a damaged file and some others."""
    folder = tmp_path_factory.mktemp("photos")
    for name, digit in (("3/a.png", 3), ("anna/7/b.png", 7), ("anna/7/c.PNG", 7), ("ben/1/d.png", 1)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw(digit, 0)).save(path, format="PNG")
    Image.fromarray(draw(3, 1)).save(folder / "ben" / "1" / "wrong.png")  # a 3 among the ones
    Image.new("L", (200, 200), 255).save(folder / "3" / "empty.png")
    (folder / "3" / "torn.jpg").write_bytes(b"no picture")
    (folder / "3" / "notes.txt").write_text("taken on Monday")
    (folder / "3" / ".hidden.png").write_bytes(b"")
    (folder / "aside.png").write_bytes((folder / "3" / "a.png").read_bytes())
    return folder


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_label_is_the_folder_and_source_what_is_above_it(photos):
    images, left_out = find_labelled_images(photos)
    assert images == [
        LabelledImage(photos / "3" / "a.png", 3, None),
        LabelledImage(photos / "3" / "empty.png", 3, None),
        LabelledImage(photos / "3" / "torn.jpg", 3, None),
        LabelledImage(photos / "anna" / "7" / "b.png", 7, "anna"),
        LabelledImage(photos / "anna" / "7" / "c.PNG", 7, "anna"),
        LabelledImage(photos / "ben" / "1" / "d.png", 1, "ben"),
        LabelledImage(photos / "ben" / "1" / "wrong.png", 1, "ben"),
    ]
    assert left_out == [photos / "3" / "notes.txt"]


def test_files_are_prepared_as_the_sketchpad_prepares_them_and_the_others_say_why(photos):
    images = find_labelled_images(photos).images
    seen = []
    inputs, reasons = prepare_images(images, lambda done, total: seen.append((done, total)))
    assert seen == [(done, 7) for done in range(1, 8)]
    assert inputs.is_read.tolist() == [True, False, False, True, True, True, True]
    np.testing.assert_array_equal(inputs.images[3], digit_from_image(draw(7, 0)).image)
    assert "No ink stands out here" in reasons[1]
    assert "'torn.jpg' cannot be read as an image" in reasons[2]
    assert [reason for reason, is_read in zip(reasons, inputs.is_read, strict=True) if is_read] == [""] * 5


def test_command_prints_the_scores_by_source_and_names_what_was_misread(capsys, photos):
    status, printed, errors = run(capsys, "evaluate", "sketchpad", "convnet3", "--images", photos)
    assert status == 0
    images = find_labelled_images(photos).images
    inputs, _ = prepare_images(images)
    labels = np.array([image.label for image in images])
    for name in ("sketchpad", "convnet3"):
        checkpoint = load_checkpoint(name)
        result = evaluate_inputs(checkpoint.network, inputs, labels, find_temperature(name))
        assert f"{checkpoint.info.network} on 7 images of {photos}: {result}" in printed
    told = printed.split("convnet3 on 7 images")[0]
    assert "Refused: 2 of 7, 28.57%" in told
    assert "  anna: 1.000 of 2\n  ben: 0.500 of 2" in told
    assert "  3/empty.png: refused: No ink stands out here." in told
    assert "  3/torn.jpg: refused: 'torn.jpg' cannot be read as an image" in told
    assert "  ben/1/wrong.png: read as 3, 9" in told
    assert "a.png" not in told
    assert f"2 checkpoints on {photos}: accuracy " in printed
    assert "1 of 8 files are left out, since they are no images that can be read (.txt)." in errors


def test_long_list_of_the_misread_is_cut_and_one_source_is_said(capsys, tmp_path):
    (tmp_path / "5").mkdir()
    for i in range(23):
        Image.new("L", (100, 100), 255).save(tmp_path / "5" / f"{i:02}.png")
    status, printed, _ = run(capsys, "evaluate", "mlp", "--images", tmp_path)
    assert status == 0
    assert printed.count("refused: No ink") == 20
    assert "  and 3 more" in printed
    assert "All images are of one source" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--images", "gone"], "gone is no folder"),
        (["--images", "{empty}"], "holds no image in a folder that is named after its digit"),
        (["--images", "{empty}", "--dataset", "mnist"], "Give one of --pen, --images and --dataset"),
        (["--images", "{empty}", "--pen", "a.tra"], "Give one of --pen, --images and --dataset"),
        (["--images", "{empty}", "--seed", "1"], "give it with --pen"),
    ],
)
def test_mistakes_of_the_command_are_one_line(capsys, tmp_path, arguments, message):
    status, _, errors = run(capsys, "evaluate", "mlp", *[each.format(empty=tmp_path) for each in arguments])
    assert status == 2
    assert message in errors
    assert len(errors.splitlines()) == 1
