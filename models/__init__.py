"""What Glassbox computes: networks, data, training, and the arithmetic behind each tab.

The names below are what other programs may build on. Each is loaded when it is asked for, so that
`from models import digit_from_strokes` imports nothing of the training.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.checkpoints.file import load_checkpoint
    from models.checkpoints.prediction import predict_digit
    from models.networks.registry import NETWORKS, build_network
    from models.sketch.digit import SketchRefused
    from models.sketch.preparation import digit_from_image, digit_from_strokes
    from models.training.config import TrainConfig
    from models.training.loop import train

_MODULES = {
    "NETWORKS": "models.networks.registry",
    "SketchRefused": "models.sketch.digit",
    "TrainConfig": "models.training.config",
    "build_network": "models.networks.registry",
    "digit_from_image": "models.sketch.preparation",
    "digit_from_strokes": "models.sketch.preparation",
    "load_checkpoint": "models.checkpoints.file",
    "predict_digit": "models.checkpoints.prediction",
    "train": "models.training.loop",
}
__all__ = [
    "NETWORKS",
    "SketchRefused",
    "TrainConfig",
    "build_network",
    "digit_from_image",
    "digit_from_strokes",
    "load_checkpoint",
    "predict_digit",
    "train",
]


def __getattr__(name: str) -> Any:
    """Load a public name; Python calls this where the module itself does not hold it."""
    if name not in _MODULES:
        raise AttributeError(f"module 'models' has no attribute {name!r}: it offers {', '.join(__all__)}")
    return getattr(import_module(_MODULES[name]), name)
