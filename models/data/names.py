"""The data sets' names and sizes, what their classes are, how they are split; known without torch."""

DATASETS = ("mnist", "fashion-mnist", "strokes")
TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "strokes": "Built-in strokes"}
NUM_IMAGES = {"train": 60_000, "test": 10_000}
TRAIN_SHARE = 0.8  # the notebook's: 48,000 of 60,000 images train, 12,000 validate

DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


def shows_clothes(dataset: str) -> bool:
    """Return whether a data set's images show clothes and not digits."""
    return dataset == "fashion-mnist"


def name_classes(dataset: str) -> tuple[str, ...]:
    """Return what the ten labels of a data set stand for."""
    return CLOTHES if shows_clothes(dataset) else DIGITS
