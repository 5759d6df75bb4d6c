"""Checkpoints exported to ONNX: read back by ONNX Runtime, they answer as they do here."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from app.cli import main
from models.checkpoints.file import Checkpoint, load_checkpoint, read_info, save_checkpoint
from models.checkpoints.onnx_export import export_onnx
from models.checkpoints.prediction import predict_digit
from models.networks.layers.network import LayerNetwork
from models.networks.layers.plain_data import describe_layers
from models.networks.registry import NETWORKS
from tests.checkpoints.test_own_layers import LAYERS, make_info
from tests.test_readme_programs import find_blocks

ROOT = Path(__file__).parents[2]


def run_session(session, images):
    return session.run(None, {"images": np.asarray(images, np.float32)})


@pytest.mark.gate
@pytest.mark.parametrize("network", list(NETWORKS))
def test_exported_network_answers_as_its_checkpoint_for_any_number_of_images(network, mnist_test):
    checkpoint = load_checkpoint(network)
    content = export_onnx(checkpoint)
    session = onnxruntime.InferenceSession(content)
    images = mnist_test[0][:300, None] / np.float32(255)  # (300, 1, 28, 28)
    with torch.inference_mode():
        expected = checkpoint.network(torch.from_numpy(images)).numpy()
    logits, probabilities = run_session(session, images)
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-4)
    assert (probabilities.argmax(axis=1) == mnist_test[1][:300]).mean() > 0.85
    for index in (0, 7):
        one_logits, (one_probabilities,) = run_session(session, images[index : index + 1])
        np.testing.assert_allclose(one_logits[0], expected[index], rtol=0, atol=1e-4)
        shown = predict_digit(images[index, 0], network).probabilities
        np.testing.assert_allclose(one_probabilities, shown, rtol=0, atol=1e-4)
        np.testing.assert_allclose(one_probabilities, probabilities[index], rtol=0, atol=1e-4)
    record = json.loads(session.get_modelmeta().custom_metadata_map["glassbox"])
    assert record == {"schema": 1, **asdict(read_info(network))}
    assert str(ROOT).encode() not in content  # nor whose machine exported it
    assert b"stack_trace" not in content


@pytest.mark.gate
def test_network_with_layers_of_its_own_is_exported_with_its_list():
    torch.manual_seed(0)
    network = LayerNetwork(LAYERS)
    network(torch.rand(16, 1, 28, 28))  # batch norm's statistics
    session = onnxruntime.InferenceSession(export_onnx(Checkpoint(network.eval(), make_info())))
    images = torch.rand(5, 1, 28, 28)
    with torch.inference_mode():
        expected = network(images).numpy()
    np.testing.assert_allclose(run_session(session, images)[0], expected, rtol=0, atol=1e-4)
    record = json.loads(session.get_modelmeta().custom_metadata_map["glassbox"])
    assert record["layers"] == describe_layers(LAYERS)


@pytest.mark.gate
def test_readmes_export_is_read_as_the_readme_reads_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "sketchpad", "--onnx", "--out", "sketchpad.onnx"]) == 0
    assert capsys.readouterr().out.startswith("Wrote sketchpad.onnx: images (N, 1, 28, 28)")
    assert [path.name for path in tmp_path.iterdir()] == [
        "sketchpad.onnx"
    ]  # nothing temporary, no data beside
    (block,) = [block for block in find_blocks("python") if "onnxruntime" in block]
    names = {}
    exec(block, names)
    assert names["logits"].shape == names["probabilities"].shape == (2, 10)
    np.testing.assert_allclose(names["probabilities"].sum(axis=1), 1, atol=1e-5)
    assert main(["export", "sketchpad", "--onnx"]) == 2  # the same name is the default, and nothing is lost
    assert "sketchpad.onnx exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("checkpoint", "out"),
    [pytest.param("run:example", "glassnet.onnx", marks=pytest.mark.gate), ("mine.safetensors", "mine.onnx")],
)
def test_export_is_named_after_the_file_or_the_runs_network(tmp_path, monkeypatch, checkpoint, out):
    save_checkpoint(load_checkpoint("mlp"), tmp_path / "mine.safetensors")
    monkeypatch.chdir(tmp_path)
    assert main(["export", checkpoint, "--onnx"]) == 0
    assert onnxruntime.InferenceSession(tmp_path / out).get_inputs()[0].name == "images"


@pytest.mark.parametrize("package", ["onnx", "onnxscript"])
def test_without_the_extra_the_message_says_what_to_install(tmp_path, monkeypatch, capsys, package):
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    monkeypatch.chdir(tmp_path)
    assert main(["export", "mlp", "--onnx"]) == 2
    errors = capsys.readouterr().err
    assert f"`pip install {package}`" in errors
    assert "`uv sync --extra onnx`" in errors
    assert len(errors.splitlines()) == 1
    assert not list(tmp_path.iterdir())
