"""The command line: each command does its job, and each mistake is one line and exit status 2."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from app.cli import main
from models.checkpoints.file import list_checkpoints, load_checkpoint, read_info
from models.runs import writer as run_writer
from models.runs.control import stop_run
from models.runs.folder import find_runs_folder
from models.runs.owner import check_owner, has_owner
from models.runs.status import find_run_checkpoint, read_run
from models.training.events import EpochEvent, describe_event
from tests.checkpoints.test_imported import make_notebook_network
from tests.runs.trained_runs import small_test_set

__all__ = ["small_test_set"]  # a fixture

SMALL = ("--dataset", "strokes", "--num-images", 1000)


def run(capsys, *arguments):
    """Return exit status, standard output and standard error of one command."""
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as stopped:  # argparse's own way out
        status = stopped.code
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def write_digit(path, mnist_test, index=0, mode="L"):
    image = Image.fromarray(mnist_test[0][index]).resize((280, 280), Image.NEAREST)
    image.convert(mode).save(path)
    return path


@pytest.mark.usefixtures("small_test_set")
def test_a_terminal_that_lacks_our_letters_gets_others():
    printed = subprocess.run(
        [sys.executable, "-m", "app.cli", "train", "--help"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert printed.returncode == 0, printed.stderr
    assert b"mlp, convnet, ?, convnet4" in printed.stdout


def test_train_makes_a_run_and_copies_its_checkpoint(capsys, tmp_path):
    out = tmp_path / "mine.safetensors"
    status, printed, progress = run(
        capsys, "train", "mlp", *SMALL, "--epochs", 2, "--seed", 5, "--weight-decay", 0.001, "--augment",
        "--out", out,
    )  # fmt: skip
    assert status == 0
    info = load_checkpoint(out).info
    assert (info.network, info.dataset, info.epochs, info.seed) == ("mlp", "strokes", 2, 5)
    assert (info.recipe["weight_decay"], info.recipe["augment"]) == (0.001, True)
    assert f"Test accuracy {info.test_accuracy:.4f}" in printed
    assert f"Wrote {out}." in printed
    assert "50/50" in progress
    (run_id,) = re.findall("^Run ([0-9a-f]{32})", printed)
    assert (read_run(run_id).status, read_run(run_id).num_snapshots) == ("done", 3)
    assert "Recipe notebook, but 1,000 of 60,000 images, weight decay 0.001, augmented: SGD" in printed


@pytest.mark.usefixtures("small_test_set")
def test_run_is_evaluated_by_its_id_and_each_look_counted(capsys):
    _, printed, _ = run(capsys, "train", "logistic", *SMALL, "--epochs", 1)
    (run_id,) = re.findall("^Run ([0-9a-f]{32})", printed)
    assert f"Its checkpoint is {find_run_checkpoint(run_id)}" in printed
    (key,) = re.findall("owner's key, ([0-9a-f]{32}),", printed)
    assert has_owner(run_id)
    check_owner(run_id, key)
    status, printed, _ = run(capsys, "evaluate", f"run:{run_id}")
    assert status == 0
    assert printed.startswith("logistic on 10,000 test images of strokes: accuracy")
    assert read_run(run_id).num_looks == 2


@pytest.mark.usefixtures("small_test_set")
def test_layers_of_a_file_are_trained_measured_and_read_with(capsys, tmp_path):
    """A class as in a notebook, whose size is wrong; the name is the file's."""
    program = tmp_path / "Tiny net.py"
    program.write_text("net = nn.Sequential(nn.MaxPool2d(4), nn.Flatten(), nn.Linear(50, 10))")
    out = tmp_path / "tiny.safetensors"
    status, printed, told = run(capsys, "train", "--layers", program, *SMALL, "--epochs", 1, "--out", out)
    assert status == 0
    assert "Line 1: Linear expects 50 inputs there, and 49 come" in told
    assert load_checkpoint(out).info.network == "Tiny net"
    status, printed, _ = run(capsys, "evaluate", out)
    assert printed.startswith("Tiny net on 10,000 test images of strokes: accuracy")
    picture = tmp_path / "one.png"
    stroke = np.zeros((280, 280), np.uint8)
    stroke[60:220, 130:150] = 255
    Image.fromarray(stroke).save(picture)
    status, printed, _ = run(capsys, "predict", picture, "--checkpoint", out)
    assert status == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"import os", "There is no network in this text"),
        (b"\xff\xfe\x00", "is no text"),
        (b"x" * 30_000, "at most 20,000 characters"),
        (b'{"layers": [{"layer": "Exec"}]}', "Layer 1 is called 'Exec'"),
        (b"nn.Sequential(nn.Flatten())", "ends in 784 features"),
    ],
)
def test_a_file_that_is_no_network_is_refused(capsys, tmp_path, content, message):
    path = tmp_path / "net.txt"
    path.write_bytes(content)
    status, _, errors = run(capsys, "train", "--layers", path)
    assert status == 2
    assert message in errors


@pytest.mark.usefixtures("small_test_set")
def test_stopped_run_is_resumed_by_its_id(capsys, monkeypatch):
    def stop_and_describe(event):
        if isinstance(event, EpochEvent):
            stop_run(next(find_runs_folder().glob("?" * 32)).name)
        return describe_event(event)

    monkeypatch.setattr(run_writer, "describe_event", stop_and_describe)
    status, printed, _ = run(capsys, "train", "mlp", *SMALL, "--epochs", 3)
    monkeypatch.setattr(run_writer, "describe_event", describe_event)
    (command,) = re.findall("glassbox (train --resume [0-9a-f]+) goes on", printed)
    assert status == 1
    status, printed, _ = run(capsys, *command.split())
    assert status == 0
    assert "Finished 3 epochs" in printed


@pytest.mark.usefixtures("small_test_set")
def test_train_that_diverges_says_so_and_fails(capsys, tmp_path):
    out = tmp_path / "mine.safetensors"
    status, printed, _ = run(
        capsys, "train", "mlp", *SMALL, "--learning-rate", 1000, "--out", out
    )  # fmt: skip
    assert status == 1
    assert "diverged" in printed
    assert not out.exists()


def test_train_overwrites_nothing(capsys, tmp_path):
    out = tmp_path / "earlier.safetensors"
    out.write_text("an hour's work")
    status, _, errors = run(capsys, "train", "mlp", *SMALL, "--out", out)
    assert status == 2
    assert "exists already" in errors
    assert out.read_text() == "an hour's work"


def test_checkpoints_lists_what_is_shipped(capsys):
    status, printed, _ = run(capsys, "checkpoints")
    assert status == 0
    assert [line.split()[0] for line in printed.splitlines()] == list_checkpoints()
    assert f"test accuracy {read_info('mlp').test_accuracy:.4f}  mnist, fast recipe" in printed
    assert f"test accuracy {read_info('mlp-notebook').test_accuracy:.4f}  mnist, notebook recipe" in printed


@pytest.mark.gate
def test_evaluate_prints_accuracy_interval_and_confusion(capsys, mnist_folder):
    status, printed, _ = run(capsys, "evaluate", "logistic-notebook", "--data-dir", mnist_folder)
    assert status == 0
    assert re.search(r"accuracy 0\.8\d+ \(0\.8\d+–0\.8\d+\), loss 0\.9\d+", printed)
    rows = [line.split() for line in printed.splitlines()[-10:]]
    counts = np.array([[int(count) for count in row[1:]] for row in rows])
    assert counts.shape == (10, 10)
    assert counts.sum() == 10_000


@pytest.mark.gate
def test_evaluate_tells_the_spread_of_several(capsys, mnist_folder):
    names = ("logistic-notebook", "logistic", "mlp")
    status, printed, _ = run(capsys, "evaluate", *names, "--data-dir", mnist_folder)
    assert status == 0
    accuracies = [read_info(name).test_accuracy for name in names]
    mean, spread = np.mean(accuracies), np.std(accuracies, ddof=1)
    assert (
        f"3 checkpoints on the test images of mnist: accuracy {mean:.4f} ± {spread:.4f}, mean and deviation"
        in printed
    )


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_predict_reads_images(capsys, tmp_path, mnist_test, mode):
    paths = [write_digit(tmp_path / f"{index}.png", mnist_test, index, mode) for index in range(3)]
    status, printed, _ = run(capsys, "predict", *paths, "--checkpoint", "convnet3")
    assert status == 0
    read = [int(line.split(": ")[1].split()[0]) for line in printed.splitlines()]
    assert read == mnist_test[1][:3].tolist()


def test_predict_reports_a_bad_image_and_reads_the_others(capsys, tmp_path, mnist_test):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG but not really")
    good = write_digit(tmp_path / "good.png", mnist_test)
    status, printed, errors = run(capsys, "predict", bad, good)
    assert status == 2
    assert printed.startswith(f"{good}: {mnist_test[1][0]}")
    assert "bad.png" in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "resnet"], "no network called 'resnet'"),
        (["train", "mlp", "--learning-rate", "nan"], "learning rate is nan"),
        (["train", "mlp", "--epochs", "0"], "epochs is 0"),
        (["train", "mlp", "--recipe", "secret"], "no recipe called 'secret'"),
        (["train", "mlp", "--dataset", "cifar"], "no data set called 'cifar'"),
        (["train", "mlp", "--out", "nowhere/mlp.safetensors"], "no folder nowhere"),
        (["train", "mlp", "--optimizer", "lion"], "no optimizer called 'lion'"),
        (
            ["train"],
            "Name either a network to train, or with --layers a file of your own layers, or with --r",
        ),
        (["train", "--layers", "absent.json"], "absent.json cannot be read: No such file"),
        (["train", "--layers", "a.json", "--from", "mlp"], "so --layers cannot be given with --from"),
        (["train", "--resume", "0" * 32, "--layers", "a.json"], "so --layers cannot be given"),
        (["train", "mlp", "--resume", "0" * 32], "Name either a network to train, or with --resume"),
        (["train", "--from", "mlp", "--resume", "0" * 32], "--from trains a run or checkpoint on"),
        (
            ["train", "--resume", "0" * 32, "--epochs", "10", "--learning-rate", "1e-4"],
            "keeps its settings, so --learning-rate and --epochs cannot be given",
        ),
        (["train", "--resume", "0" * 32, "--no-augment"], "so --augment cannot be given"),
        (["train", "--resume", "0" * 32, "--recipe", "fast"], "so --recipe cannot be given"),
        (["train", "--from", "0" * 32], "There is no run '000"),
        (["train", "--from", "run:no"], "There is no run 'no'"),
        (["train", "--from", "absent.safetensors"], "no checkpoint file at absent.safetensors"),
        (["train", "convnet", "--from", "mlp"], "mlp holds a mlp, whose weights do not fit a convnet"),
        (["train", "--resume", "0" * 32], "There is no run '000"),
        (["evaluate", "run:" + "0" * 32], "There is no run '000"),
        (["predict", "absent.png", "--checkpoint", "run:../.."], "There is no run"),
        (["evaluate", "alexnet"], "no checkpoint called 'alexnet'"),
        (["export", "alexnet", "--onnx"], "no checkpoint called 'alexnet'"),
        (["export", "absent.safetensors", "--onnx"], "no checkpoint file at absent.safetensors"),
        (["export", "run:" + "0" * 32, "--onnx"], "There is no run '000"),
        (["export", "mlp", "--onnx", "--out", "nowhere/mlp.onnx"], "no folder nowhere"),
        (["export", "mlp"], "the following arguments are required: --onnx"),
        (["evaluate", "mlp", "--dataset", "cifar"], "no data set called 'cifar'"),
        (["predict", "absent.png"], "absent.png"),
        (["predict", "absent.png", "--decimal", "comma"], "give it with --csv"),
        (["predict", "absent.png", "--checkpoint", "alexnet"], "no checkpoint called 'alexnet'"),
        (["fly"], "invalid choice: 'fly'"),
        (["--port", "many"], "invalid port value: 'many'"),
        (["--port", "70000"], "70000 is no port"),
        (["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1"),
        (["--host", "no.such.host.invalid"], "Cannot listen on no.such.host.invalid"),
        (["--host", "2001:db8::7"], "Cannot listen on 2001:db8::7"),
        (["--host", "fe80::1%eth0"], "No browser can open an address with a zone"),
        (["--root-path", "https://example.edu/lab"], "is no path"),
    ],
)
def test_mistake_is_one_line_and_status_2(capsys, arguments, message):
    status, _, errors = run(capsys, *arguments)
    assert status == 2
    assert message in errors.splitlines()[-1]
    assert "Traceback" not in errors
    if not errors.startswith("usage"):
        assert len(errors.splitlines()) == 1


def test_missing_data_name_the_remedy(capsys, tmp_path, monkeypatch):
    from torchvision import datasets

    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    status, _, errors = run(capsys, "evaluate", "mlp", "--data-dir", tmp_path)
    assert status == 2
    assert "choose the data set 'strokes'" in errors


def test_help_names_every_command(capsys):
    status, printed, _ = run(capsys, "--help")
    assert status == 0
    for command in ("serve", "train", "import", "evaluate", "calibrate", "export", "predict", "checkpoints"):
        assert command in printed
    for option in ("--host", "--port", "--data-dir", "--runs-dir", "--open", "--no-open", "--mcp",
                   "--allowed-host", "--root-path"):  # fmt: skip
        assert option in printed


@pytest.mark.usefixtures("small_test_set")
def test_a_finished_run_is_trained_on_by_its_id_and_a_file_by_its_path(capsys, tmp_path):
    out = tmp_path / "mine.safetensors"
    _, printed, _ = run(capsys, "train", "mlp", *SMALL, "--epochs", 1, "--out", out)
    (run_id,) = re.findall("^Run ([0-9a-f]{32})", printed)
    for start, called in ((run_id, f"run {run_id[:6]}"), (out, "mine.safetensors")):
        status, printed, _ = run(capsys, "train", "--from", start, "--epochs", 2, "--learning-rate", "1e-4")
        assert status == 0
        assert f", begun with {called}: SGD with momentum 0.9, learning rate 0.0001" in printed
        (new_id,) = re.findall("^Run ([0-9a-f]{32})", printed, re.MULTILINE)
        made = read_run(new_id).config
        assert (made["network"], made["dataset"], made["num_images"]) == ("mlp", "strokes", 1000)
        assert (made["epochs"], made["start_from"]) == (2, called)


@pytest.mark.usefixtures("small_test_set")
def test_weights_of_a_notebook_are_imported_and_measured(capsys, tmp_path):
    path, out = tmp_path / "net.pt", tmp_path / "net.safetensors"
    network = make_notebook_network("convnet3")
    torch.save({f"module.{name}": tensor.half() for name, tensor in network.state_dict().items()}, path)
    status, printed, _ = run(
        capsys, "import", path, "--network", "convnet3", "--dataset", "strokes", "--out", out
    )
    assert status == 0
    assert "Imported, not trained here. Test accuracy 0." in printed
    info = load_checkpoint(out).info
    assert (info.network, info.recipe["file"]) == ("convnet3", "net.pt")
    (run_id,) = re.findall("^Run ([0-9a-f]{32})", printed)
    assert read_run(run_id).test["accuracy"] == info.test_accuracy
    status, printed, _ = run(capsys, "evaluate", f"run:{run_id}")
    assert printed.startswith("convnet3 on 10,000 test images of strokes")
    status, printed, _ = run(capsys, "import", out, "--dataset", "strokes")
    assert status == 0
    for arguments, message in (
        ((tmp_path / "absent.pt", "--network", "mlp"), "There is no file"),
        ((path, "--network", "mlp"), "its weights are a convnet3's"),
        ((path,), "name one of logistic"),
        ((path, "--network", "convnet3", "--out", out), "exists already"),
        ((path, "--network", "convnet3", "--dataset", "cifar"), "no data set called 'cifar'"),
        ((out, "--dataset", "mnist"), "says that it was trained on strokes; leave out --dataset"),
    ):
        status, _, errors = run(capsys, "import", *arguments)
        assert status == 2
        assert message in errors
        assert len(errors.splitlines()) == 1
