"""Weights that were trained elsewhere: whose they are, in which format, and what is refused in words."""

import io
import json
import pickle
import struct
import zipfile
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save
from torch import nn

from models.checkpoints.file import MAX_FILE_BYTES, Checkpoint, load_checkpoint, pack_checkpoint
from models.checkpoints.imported import IMPORTED, MAX_FILE_NAME_LETTERS, import_checkpoint
from models.networks.layers.kinds import Flatten, Linear
from models.networks.layers.network import LayerNetwork
from models.networks.layers.plain_data import describe_layers
from models.networks.registry import build_network
from models.training import config
from tests.networks.notebook_networks import NOTEBOOK

IMAGES = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def save_pt(saved):
    file = io.BytesIO()
    torch.save(saved, file)
    return file.getvalue()


def bring(content, network, opens_pickles=True, **options):
    return import_checkpoint(content, "net.pt", network, opens_pickles=opens_pickles, **options)


def make_notebook_network(name):
    """A network of the notebook whose running statistics are none that any network begins with."""
    torch.manual_seed(1)
    network = NOTEBOOK[name]()
    network(IMAGES)
    return network.eval()


def assert_same_logits(checkpoint, network, atol=1e-6):
    with torch.no_grad():
        torch.testing.assert_close(checkpoint.network(IMAGES), network(IMAGES), atol=atol, rtol=0)


@pytest.mark.parametrize("write", [save, save_pt])
@pytest.mark.parametrize("name", NOTEBOOK)
def test_each_network_of_the_notebook_is_read_by_its_own_names(name, write):
    network = make_notebook_network(name)
    for prefix in ("", "module.", "_orig_mod.module."):
        state = {prefix + key: tensor for key, tensor in network.state_dict().items()}
        checkpoint = bring(write(state), name)
        assert not checkpoint.network.training
        assert_same_logits(checkpoint, network)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_become_float32(dtype):
    network = make_notebook_network("convnet4")
    kept = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor
            for name, tensor in network.state_dict().items()}  # fmt: skip
    checkpoint = bring(save(kept), "convnet4")
    assert {parameter.dtype for parameter in checkpoint.network.parameters()} == {torch.float32}
    network.load_state_dict(kept)
    assert_same_logits(checkpoint, network)


def test_a_state_dict_is_found_among_what_is_saved_with_it():
    network = make_notebook_network("convnet")
    for key in ("model_state_dict", "state_dict", "model"):
        saved = {"epoch": 3, key: network.state_dict(), "optimizer": {"lr": 0.1}, "loss": 0.2}
        assert_same_logits(bring(save_pt(saved), "convnet"), network)


def test_other_names_are_matched_by_shape_or_by_order_and_not_guessed():
    torch.manual_seed(0)
    other = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    state = {f"fc{name}": tensor for name, tensor in other.state_dict().items()}
    flat = nn.Sequential(nn.Flatten(), other)
    assert_same_logits(bring(save(state), "mlp"), flat)
    four = make_notebook_network("convnet4")
    renamed = {f"net.{name}": tensor for name, tensor in four.state_dict().items()}
    assert_same_logits(bring(save_pt(renamed), "convnet4"), four)  # in the order of its layers
    with pytest.raises(ValueError, match="unknown to convnet4"):  # in the order of their names
        bring(save(renamed), "convnet4")
    without = {name: tensor for name, tensor in four.state_dict().items() if "num_batches" not in name}
    assert_same_logits(bring(save(without), "convnet4"), four)


def test_the_record_claims_no_training():
    content = save(make_notebook_network("mlp").state_dict())
    info = import_checkpoint(content, "a/b\\my\nnet.safetensors", "mlp", "strokes").info
    assert info.recipe == {"recipe": IMPORTED, "file": "my?net.safetensors"}
    assert (info.dataset, info.epochs, info.seconds, info.torch_version) == ("strokes", 0, 0, "")
    assert info.validation_accuracy is info.test_accuracy is info.num_test is None
    assert config.IMPORTED == IMPORTED
    long = import_checkpoint(content, "x" * 1_000 + ".safetensors", "mlp").info.recipe["file"]
    assert (len(long), long[-13:]) == (MAX_FILE_NAME_LETTERS, "x.safetensors")


def test_a_checkpoint_of_ours_is_taken_with_its_record_but_for_what_it_says_was_measured():
    own = load_checkpoint("convnet3")
    content = pack_checkpoint(own)
    assert own.info.test_accuracy is not None
    for network in ("", "convnet3"):
        info = bring(content, network, opens_pickles=False).info
        assert (info.recipe, info.seed, info.epochs) == (own.info.recipe, own.info.seed, own.info.epochs)
        assert (info.validation_accuracy, info.temperature) == (
            own.info.validation_accuracy,
            own.info.temperature,
        )
        assert {info.test_loss, info.test_accuracy, info.num_test, info.drawn_accuracy, info.num_drawn} == {
            None
        }
    with pytest.raises(ValueError, match="its record says that it is a convnet3, not a mlp"):
        bring(content, "mlp")


def test_a_checkpoint_of_other_sizes_than_ours_is_refused():
    """A few weights can make large maps: 400 channels of 28 × 28, for each of 250 images."""
    info = replace(load_checkpoint("convnet").info, config={"channels": 400, "hidden_size": 1})
    content = pack_checkpoint(Checkpoint(build_network("convnet", info.config), info))
    with pytest.raises(ValueError, match="its convnet has other sizes than the one that is trained here"):
        bring(content, "")
    info = replace(load_checkpoint("convnet2").info, config={"dropout": 0.25})
    content = pack_checkpoint(Checkpoint(build_network("convnet2", info.config), info))
    assert bring(content, "").info.config["dropout"] == 0.25


def test_a_checkpoint_with_layers_of_its_own_is_taken_as_what_it_is():
    layers = (Flatten(), Linear(10))
    info = replace(load_checkpoint("mlp").info, network="mine", config={}, layers=describe_layers(layers))
    network = LayerNetwork(layers)
    content = pack_checkpoint(Checkpoint(network, info))
    taken = bring(content, "")
    assert (taken.info.network, taken.info.layers) == ("mine", info.layers)
    assert taken.info.test_accuracy is None
    assert torch.equal(taken.network.classifier.weight, network.classifier.weight)
    with pytest.raises(ValueError, match="its record says that it is a mine, not a mlp"):
        bring(content, "mlp")


def write_header(header, data=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def change(name, tensor, network="mlp"):
    state = make_notebook_network(network).state_dict()
    state.pop(name, None)
    return save(state if tensor is None else state | {name: tensor})


BIAS = "classifier.4.bias"
ENTRY = {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4 * 10**12]}


@pytest.mark.parametrize(
    ("content", "network", "message"),
    [
        (lambda: change(BIAS, None), "mlp", f"it lacks {BIAS}"),
        (lambda: change("extra", torch.zeros(2)), "mlp", "it has extra, unknown to mlp"),
        (lambda: change(BIAS, torch.zeros(11)), "mlp", r"has the shape \(11,\), and mlp needs \(10,\)"),
        (lambda: change(BIAS, torch.full((10,), torch.nan)), "mlp", "10 values that are NaN"),
        (lambda: change(BIAS, torch.full((10,), 1e300, dtype=torch.float64)), "mlp", "too large for float32"),
        (lambda: change(BIAS, torch.zeros(10, dtype=torch.int8)), "mlp", "number format int8"),
        (lambda: change(BIAS, torch.zeros(10)), "convnet", "its weights are a mlp's"),
        (lambda: change(BIAS, torch.zeros(10)), "resnet", "no network called 'resnet'"),
        (lambda: change(BIAS, torch.zeros(10)), "", "name one of logistic, mlp"),
        (lambda: change(BIAS, torch.zeros(10))[:-1], "mlp", "damaged"),
        (lambda: write_header({"classifier.weight": ENTRY}), "logistic", "damaged"),
        (lambda: write_header({"__metadata__": 5}), "mlp", "damaged"),
        (lambda: write_header({"__metadata__": {"glassbox": "{"}}), "", "record is not JSON"),
        (lambda: b"", "mlp", "empty or cut off"),
        (lambda: bytes(MAX_FILE_BYTES + 1), "mlp", "64 MB"),
        (lambda: b"hello, world, this is no file of weights", "mlp", "not a safetensors file"),
        (lambda: save_pt(make_notebook_network("mlp").state_dict())[:-100], "mlp", "cut off or damaged"),
        (lambda: save_pt({"epoch": 3}), "mlp", "it holds no state_dict"),
        (lambda: save_pt([1, 2]), "mlp", "it holds no state_dict"),
        (lambda: save_pt(torch.zeros(3)), "mlp", "it holds no state_dict"),
        (lambda: save_pt({"classifier.weight": torch.zeros(1).expand(10**6, 10**6)}), "logistic", "lacks"),
        (lambda: save_pt({"classifier.weight": torch.zeros(10, 784).to_sparse(),
                          "classifier.bias": torch.zeros(10)}), "logistic", "number format sparse"),
        (lambda: save_pt({"classifier.weight": torch.zeros(10, 784, device="meta"),
                          "classifier.bias": torch.zeros(10)}), "logistic", "cannot be used"),
    ],
)  # fmt: skip
def test_what_is_no_such_weights_is_refused_in_a_sentence(content, network, message):
    with pytest.raises(ValueError, match=message):
        bring(content(), network)


def test_a_packed_file_is_measured_before_it_is_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(MAX_FILE_BYTES + 1))
    assert len(packed.getvalue()) < 2**20
    with pytest.raises(ValueError, match="unpacked it is 64 MB large"):
        bring(packed.getvalue(), "mlp")


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_nothing_in_a_pickle_is_run(tmp_path):
    marker = tmp_path / "the-pickle-ran"
    for saved in (save_pt({"classifier.weight": Trap(marker)}), pickle.dumps(Trap(marker))):
        with pytest.raises(ValueError, match="nothing of it was run|it is a pickle file"):
            bring(saved, "logistic")
    whole = save_pt(make_notebook_network("logistic"))
    with pytest.raises(ValueError, match="save the weights alone"):
        bring(whole, "logistic")
    assert not marker.exists()


def test_a_server_opens_no_pickle_at_all(monkeypatch):
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(ValueError, match=r"pickle can run any program.*glassbox import.*save_file"):
        bring(save_pt(make_notebook_network("mlp").state_dict()), "mlp", opens_pickles=False)


def test_importing_draws_no_random_numbers():
    content = save(build_network("mlp").state_dict())
    before = torch.get_rng_state()
    bring(content, "mlp")
    assert torch.equal(torch.get_rng_state(), before)
