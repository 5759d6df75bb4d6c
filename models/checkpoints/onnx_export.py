"""A checkpoint as an ONNX file, for programs that have no PyTorch."""

from __future__ import annotations

from importlib.util import find_spec

import torch
from torch import Tensor, nn

from models.checkpoints.file import METADATA_KEY, Checkpoint, format_info
from models.networks.layers import IMAGE_SIZE_PX

SUFFIX = ".onnx"


class CalibratedNetwork(nn.Module):
    """A network that gives probabilities too, as every answer of Glassbox does."""

    def __init__(self, network: nn.Module, temperature: float) -> None:
        super().__init__()
        self.network = network
        self.temperature = temperature

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 1, 28, 28) images to (N, 10) logits and (N, 10) probabilities."""
        logits: Tensor = self.network(images)
        return logits, (logits / self.temperature).softmax(dim=1)


def check_exporter() -> None:
    """Find out before the work whether what torch's exporter needs is installed.

    Raises:
        ValueError: If it is not; the message says what to install.
    """
    missing = [name for name in ("onnx", "onnxscript") if find_spec(name) is None]
    if missing:
        raise ValueError(
            f"An export to ONNX needs {' and '.join(missing)}, which the extra onnx brings. Install with "
            f"`pip install {' '.join(missing)}`, or in a clone with `uv sync --extra onnx`."
        )


def export_onnx(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as an ONNX file's content, the weights in it.

    Its input is `images`, (N, 1, 28, 28) float32 in [0, 1], for any N; its outputs are `logits`, (N, 10), and
    `probabilities`, (N, 10), the softmax of the logits divided by the checkpoint's temperature. Its metadata
    hold the checkpoint's record, as the safetensors file's do.

    Raises:
        ValueError: If what torch's exporter needs is not installed.
    """
    check_exporter()
    from onnx.helper import set_model_props

    network = CalibratedNetwork(checkpoint.network, checkpoint.info.temperature or 1.0).eval()
    program = torch.onnx.export(
        network,
        # Two images: of one, the exporter would conclude that there is always one.
        (torch.zeros(2, 1, IMAGE_SIZE_PX, IMAGE_SIZE_PX),),
        input_names=["images"],
        output_names=["logits", "probabilities"],
        dynamic_shapes=({0: "N"},),
        dynamo=True,
        verbose=False,
    )
    assert program is not None  # with `dynamo` it never is
    model = program.model_proto
    for node in model.graph.node:
        node.ClearField("metadata_props")  # stack traces, with the folders of whoever exports
    set_model_props(model, {METADATA_KEY: format_info(checkpoint.info)})
    content: bytes = model.SerializeToString()
    return content
