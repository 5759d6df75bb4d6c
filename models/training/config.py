"""The table of a training's settings, off which checks, command line, form, endpoint and sentences are read.

A setting is declared where `TrainConfig` has its field; nothing else lists them all. Beside its declaration
only what it does has to be written: in the training, and in the script of `app.runs.script`. The command line
reads the table for its help, so nothing here imports torch at the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.data.names import DATASETS, NUM_IMAGES, TITLES, shows_clothes
from models.training.settings import check_name, declare, list_settings

RECIPES = ("notebook", "fast", "sketch", "free")
IMPORTED = "imported"  # in a recipe's place where weights were trained elsewhere: no setting is known
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
SCHEDULES = {"constant": "Constant", "cosine": "Cosine, down to 0", "one-cycle": "One-cycle, up, down"}
PRECISIONS = {"float32": "float32", "bfloat16": "bfloat16"}
DISTORTIONS = {  # see models.training.distortion
    "slant": "Slant",
    "bend": "Bend",
    "width": "Pen width",
    "strength": "Strength of the ink",
}
MOMENTUM_OPTIMIZERS = ("sgd", "rmsprop")  # the others have their own, or none
MAX_EPOCHS = 100
MAX_ADDED_STROKES = 200_000
MAX_DRAWINGS = 500
MAX_NAME_LETTERS = 80
MAX_SEED = 2**31 - 1
_MIN_IMAGES = 10  # so that a fifth of them, the validation images, are at least two


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the outcome of a training.

    Attributes:
        network: Name in the registry; of a network with `layers` of its own, what its maker calls it.
        recipe: Name of the recipe that it is; "free" where anything that a recipe decides was changed. Runs
            of earlier versions have any number of images under a recipe's name: `name_config` says what is.
            "imported" of weights that were trained elsewhere, where only network and data set are known.
        layers: The layers of a network that is no entry of the registry, as `read_layers` takes them.

    The other attributes are declared as settings: `SETTINGS[name]` says what each is and may be.
    """

    network: str
    recipe: str = "notebook"
    dataset: str = declare(
        "mnist", str, "the data set",
        noun="data set", choices={name: TITLES[name] for name in DATASETS}, label="Data",
        is_hyperparameter=False,
    )  # fmt: skip
    num_images: int | None = declare(
        None, int, "images, of which four fifths train and a fifth validates",
        noun="number of images", lowest=_MIN_IMAGES, highest=NUM_IMAGES["train"],
        remedy="leave it out to take all",
        label="Images", info="Four fifths train, a fifth validates.",
        is_hyperparameter=False,
    )  # fmt: skip
    optimizer: str = declare(
        "adam", str, "what makes a step of the gradient, as in torch.optim",
        choices=OPTIMIZERS,
        describe=lambda config: OPTIMIZERS[config.optimizer] + (
            f" with momentum {config.momentum:g}"
            if config.momentum and config.optimizer in MOMENTUM_OPTIMIZERS else ""
        ),
    )  # fmt: skip
    learning_rate: float = declare(
        0.001, float, "step size, its peak where a schedule changes it",  # large ones diverge: a result
        lowest=0, highest=1000, is_lowest_allowed=False, step="1-2-5", remedy="try 0.001",
        info="The peak, where a schedule changes it.",
        describe=lambda config: f"learning rate {config.learning_rate:g}",
    )  # fmt: skip
    momentum: float = declare(
        0.0, float, f"of {' and '.join(MOMENTUM_OPTIMIZERS)}",
        lowest=0, highest=0.9999, step=0.05, remedy="0.9 is usual",
        info="Share of the last step's direction that is kept.",
    )  # fmt: skip
    schedule: str = declare(
        "constant", str, "how the learning rate changes over the steps",
        choices=SCHEDULES, label="Learning rate over the steps",
        describe=lambda config: "" if config.schedule == "constant" else f"{config.schedule} schedule",
        absence="constant learning rate",
    )  # fmt: skip
    batch_size: int = declare(
        32, int, "images a step",
        lowest=1, highest=10_000, step="doubling", remedy="32 is usual",
        info="Images for one step.",
        describe=lambda config: f"batches of {config.batch_size:,}",
    )  # fmt: skip
    epochs: int = declare(
        2, int, "passes over the training images",
        noun="number of epochs", lowest=1, highest=MAX_EPOCHS, remedy="the notebook trains for 2",
        label="Epochs", info="Passes over the images, {range}.",
        describe=lambda config: "1 epoch" if config.epochs == 1 else f"{config.epochs} epochs",
    )  # fmt: skip
    weight_decay: float = declare(
        0.0, float, "λ of the L2 penalty (λ/2)·‖w‖²; adamw shrinks the weights by 1 − η·λ a step instead",
        lowest=0, highest=10, step="1-2-5", remedy="0.0001 is usual, 0 is none",
        label="Weight decay λ", info="Adds (λ/2)·‖w‖² to the loss; AdamW shrinks the weights instead.",
        describe=lambda config: f"weight decay {config.weight_decay:g}" if config.weight_decay else "",
    )  # fmt: skip
    dropout: float | None = declare(
        None, float, "probability for all dropout layers of the network",
        lowest=0, highest=0.95, step=0.1, remedy="0.5 is usual",
        info="Share of features left out at each step.",
        describe=lambda config: "" if config.dropout is None else f"dropout {config.dropout:g}",
    )  # fmt: skip
    width: float = declare(
        1.0, float, "factor for the channels of all convolutions of the network",
        lowest=0.25, highest=4, step=0.25, remedy="1 leaves them as they are",
        label="Width", info="Factor for the channels of all convolutions.",
        describe=lambda config: "" if config.width == 1 else f"{config.width:g} times as wide",
        absence="of its own width",
        offered="command line",
    )  # fmt: skip
    augment: bool = declare(
        False, bool, "shift, turn and scale each training image a little at random each time",
        label="Augment the images", info="Each is shifted, turned and scaled a little, anew each time.",
        describe=lambda config: "augmented" if config.augment else "",
        absence="not augmented",
    )  # fmt: skip
    distortions: str = declare(
        "", str, "how each training image is distorted at random each time",
        choices=DISTORTIONS, are_many=True,
        label="Distort the writing", info="As other hands and pens would have written it, anew each time.",
        describe=lambda config: (
            f"distorted ({config.distortions.replace(',', ', ')})" if config.distortions else ""
        ),
        absence="not distorted",
    )  # fmt: skip
    unchanged_epochs: int = declare(
        0, int, "last epochs whose images are taken as they are, neither augmented nor distorted",
        noun="number of unchanged epochs", lowest=0, highest=MAX_EPOCHS, remedy="0 changes them in all",
        label="Last epochs unchanged", info="In them no image is augmented or distorted.",
        describe=lambda config: _describe_unchanged(config),
        absence="changed in all epochs",
        offered="command line",
    )  # fmt: skip
    added_strokes: int = declare(
        0, int, "built-in strokes added to the training images, never to those that validate",
        noun="number of added strokes", lowest=0, highest=MAX_ADDED_STROKES, step=1000, remedy="0 adds none",
        label="Built-in strokes added", info="To the training images; never to validate.",
        describe=lambda config: (
            f"{config.added_strokes:,} built-in strokes added" if config.added_strokes else ""
        ),
        absence="no built-in strokes added",
    )  # fmt: skip
    stroke_styles: bool = declare(
        False, bool, "write the added built-in strokes in more styles, as slashed zeros and barred sevens",
        label="More styles of strokes", info="Slashed zeros, barred sevens and others.",
        describe=lambda config: "in more styles" if config.stroke_styles else "",
        absence="in few styles",
        offered="command line",
    )  # fmt: skip
    shared_strokes: float = declare(
        0.0, float, "share of the added strokes that stand for either of two digits",
        lowest=0, highest=0.2, step=0.01, remedy="0.03 is usual, 0 is none",
        label="Strokes for two digits", info="Share of those added: people write them for either.",
        describe=lambda config: (
            f"{100 * config.shared_strokes:g} % for two digits" if config.shared_strokes else ""
        ),
        absence="none for two digits",
        offered="command line",
    )  # fmt: skip
    label_smoothing: float = declare(
        0.0, float, "share of the right answer's probability that is spread over all ten",
        lowest=0, highest=0.5, step=0.05, remedy="0.1 is usual, 0 is none",
        info="Share of the probability spread over all ten answers.",
        describe=lambda config: (
            f"label smoothing {config.label_smoothing:g}" if config.label_smoothing else ""
        ),
        absence="no label smoothing",
    )  # fmt: skip
    precision: str = declare(
        "float32", str, "number format of the multiplications, forward and backward",
        choices=PRECISIONS,
        label="Number format", info="Of the multiplications; bfloat16 is coarser and may be faster.",
        describe=lambda config: "" if config.precision == "float32" else config.precision,
        absence="float32",
    )  # fmt: skip
    seed: int = declare(
        0, int, "seed of the weights, the order of the images and dropout",
        lowest=0, highest=MAX_SEED, remedy="any of them will do",
        info="The same seed gives the same run.",
        is_hyperparameter=False,
    )  # fmt: skip
    split_seed: int = declare(
        0, int, "seed of the split into training and validation images",
        lowest=0, highest=MAX_SEED, remedy="any of them will do",
        is_hyperparameter=False, offered="command line",
    )  # fmt: skip
    start_from: str = declare(
        "", str, "the checkpoint whose weights it begins with; empty for fresh weights",
        noun="start_from", highest=MAX_NAME_LETTERS, remedy="leave it out for fresh weights",
        label="Begins with",
        describe=lambda config: (
            f"trained on from {config.start_from}" if config.start_from and not config.drawings else ""
        ),
        offered="nowhere",  # by itself: who names a run's id by it trains on, and the id stays a secret
    )  # fmt: skip
    drawings: int = declare(
        0, int, "drawings that a fine-tuning trains on",
        noun="number of drawings", lowest=0, highest=MAX_DRAWINGS, remedy="0 for a training without",
        describe=lambda config: _describe_drawings(config), offered="nowhere",
    )  # fmt: skip
    drawing_share: float = declare(
        0.0, float, "their share of the training images, which they are repeated to reach",
        lowest=0, highest=0.9, remedy="0.2 is usual", offered="nowhere",
    )  # fmt: skip
    layers: list[dict[str, Any]] | None = None

    def __post_init__(self) -> None:
        from models.networks.layers.plain_data import describe_layers  # imports torch
        from models.networks.naming import find_network_layers
        from models.networks.registry import get_network_spec, has_dropout, set_width

        if self.layers is None:
            get_network_spec(self.network)
        else:  # in one form, so that equal networks are equal
            own = find_network_layers(self.network, {}, self.layers)
            object.__setattr__(self, "layers", describe_layers(own))
        if self.recipe != IMPORTED:
            check_name("recipe", self.recipe, RECIPES)
        for name, setting in list_settings(type(self)).items():  # type: ignore[arg-type]  # a class is hashable
            setting.check(getattr(self, name))
        if self.added_strokes and shows_clothes(self.dataset):
            raise ValueError(
                "Strokes are digits, so they cannot be added to clothes; set added_strokes to 0."
            )
        if self.dropout is not None and self.layers is not None:
            raise ValueError(
                f"{self.network} has layers of its own, each dropout with its own probability, so dropout "
                f"cannot be {self.dropout}; leave it out and set p in the layers."
            )
        if self.dropout is not None and not has_dropout(self.network):
            raise ValueError(
                f"{self.network} has no dropout layer, so dropout cannot be {self.dropout}; leave it out "
                "or choose convnet2."
            )
        if self.width != 1 and self.layers is not None:
            raise ValueError(
                f"{self.network} has layers of its own, so its width cannot be {self.width:g}; leave it out "
                "and set the channels in the layers."
            )
        if self.layers is None:
            set_width(self.network, self.width)
        if bool(self.drawings) != bool(self.drawing_share) or (self.drawings and not self.start_from):
            raise ValueError(
                "drawings and drawing_share belong together, and to a start_from; set all three, or neither "
                "of the two."
            )


SETTINGS = dict(list_settings(TrainConfig))


def describe_settings(config: TrainConfig) -> str:
    """Return a configuration's hyperparameters in a line, without those that are off; "" if none is known."""
    if config.recipe == IMPORTED:
        return ""
    return ", ".join(filter(None, (setting.describe(config) for setting in SETTINGS.values())))


def _describe_unchanged(config: TrainConfig) -> str:
    if not config.unchanged_epochs or not (config.augment or config.distortions):
        return ""
    which = "epoch" if config.unchanged_epochs == 1 else f"{config.unchanged_epochs} epochs"
    return f"images as they are in the last {which}"


def _describe_drawings(config: TrainConfig) -> str:
    if not config.drawings:
        return ""
    share = f"{config.drawing_share:.0%} of the training images"
    return f"begun with {config.start_from}, {config.drawings} drawings repeated to {share}"
