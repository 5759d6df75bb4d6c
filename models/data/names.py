"""The data sets' names and sizes, and how they are split; known without importing torch."""

DATASETS = ("mnist", "fashion-mnist", "strokes")
TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "strokes": "Built-in strokes"}
NUM_IMAGES = {"train": 60_000, "test": 10_000}
TRAIN_SHARE = 0.8  # the notebook's: 48,000 of 60,000 images train, 12,000 validate
