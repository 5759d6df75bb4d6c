"""The layers of every network: the six of the notebook, exactly as it has them, and one of our own.

Shape letters used throughout: N images in a batch, C channels, H height, W width, K classes (10 digits).
Every network takes (N, 1, 28, 28) float32 in [0, 1] and returns (N, 10) logits.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

IMAGE_SIZE_PX = 28
NUM_CLASSES = 10


@dataclass(frozen=True)
class LogisticConfig:
    """Multinomial logistic regression: no hidden layer, so nothing to choose."""


@dataclass(frozen=True)
class MLPConfig:
    """Multi-layer perceptron.

    Attributes:
        hidden_sizes: Units of each hidden layer, first to last.
    """

    hidden_sizes: tuple[int, ...] = (128, 64)


@dataclass(frozen=True)
class ConvNetConfig:
    """One convolution, one pooling, two linear layers.

    Attributes:
        channels: Output channels of the convolution.
        hidden_size: Units of the hidden linear layer.
        dropout: Probability of dropping a feature before the first linear layer, 0 for no dropout layer.
    """

    channels: int = 8
    hidden_size: int = 500
    dropout: float = 0.0


@dataclass(frozen=True)
class ConvNet3Config:
    """Three 5×5 convolution blocks, then three linear layers.

    Attributes:
        channels: Output channels of each block's convolution.
        hidden_sizes: Units of the two hidden linear layers.
        dropout: Probability of dropping a feature before each hidden linear layer.
    """

    channels: tuple[int, int, int] = (16, 32, 64)
    hidden_sizes: tuple[int, int] = (128, 256)
    dropout: float = 0.5


@dataclass(frozen=True)
class ConvNet4Config:
    """Three pairs of 3×3 convolutions with batch norm, global average pooling, one linear layer.

    Attributes:
        channels: Output channels of both convolutions of each pair.
        dropouts: Dropout probability after the first pair, after the second, and before the linear layer.
    """

    channels: tuple[int, int, int] = (64, 128, 256)
    dropouts: tuple[float, float, float] = (0.4, 0.4, 0.5)


@dataclass(frozen=True)
class GlassNetConfig:
    """Five convolutions with batch norm, each stage narrow where its maps are large.

    Attributes:
        channels: Output channels of the first convolution, of the next two, and of the last two.
    """

    channels: tuple[int, int, int] = (16, 32, 96)


class Logistic(nn.Module):
    """Logits that are a weighted sum of the pixels: one weight a pixel and class, one bias a class."""

    def __init__(self, config: LogisticConfig) -> None:
        super().__init__()
        self.classifier = nn.Linear(IMAGE_SIZE_PX**2, NUM_CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, 1, 28, 28) images to (N, 10) logits."""
        logits: Tensor = self.classifier(images.flatten(1))  # (N, 784) → (N, 10)
        return logits


class MLP(nn.Module):
    """Fully connected layers with ReLU between them."""

    def __init__(self, config: MLPConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        num_inputs = IMAGE_SIZE_PX**2
        for hidden_size in config.hidden_sizes:
            layers += [nn.Linear(num_inputs, hidden_size), nn.ReLU()]
            num_inputs = hidden_size
        self.classifier = nn.Sequential(*layers, nn.Linear(num_inputs, NUM_CLASSES))

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, 1, 28, 28) images to (N, 10) logits."""
        logits: Tensor = self.classifier(images.flatten(1))  # (N, 784) → (N, 10)
        return logits


class ConvNetwork(nn.Module):
    """Convolutional features, flattened, then a classifier: the frame that the four ConvNets share."""

    def __init__(self, features: nn.Sequential, classifier: nn.Module) -> None:
        super().__init__()
        self.features = features
        self.classifier = classifier

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, 1, 28, 28) images to (N, 10) logits."""
        maps = self.features(images)  # (N, 1, 28, 28) → (N, C, H, W)
        logits: Tensor = self.classifier(maps.flatten(1))  # (N, C·H·W) → (N, 10)
        return logits


def build_convnet(config: ConvNetConfig) -> ConvNetwork:
    """Build the notebook's ConvNet, or its ConvNet2 where `config.dropout` is above 0."""
    features = nn.Sequential(
        nn.Conv2d(1, config.channels, kernel_size=5, stride=1, padding=2),  # (N, 8, 28, 28)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=2, stride=2),  # (N, 8, 14, 14)
    )
    dropout = [nn.Dropout(config.dropout)] if config.dropout > 0 else []
    classifier = nn.Sequential(
        *dropout,
        nn.Linear(14 * 14 * config.channels, config.hidden_size),
        nn.ReLU(),
        nn.Linear(config.hidden_size, NUM_CLASSES),
    )
    return ConvNetwork(features, classifier)


def build_convnet3(config: ConvNet3Config) -> ConvNetwork:
    """Build the notebook's ConvNet3: each block halves the maps, 28 → 14 → 7 → 3."""
    blocks: list[nn.Module] = []
    in_channels = 1
    for out_channels in config.channels:
        blocks += [
            nn.Conv2d(in_channels, out_channels, kernel_size=5, stride=1, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),
        ]
        in_channels = out_channels
    first_size, second_size = config.hidden_sizes
    classifier = nn.Sequential(
        nn.Dropout(config.dropout),
        nn.Linear(3 * 3 * in_channels, first_size),
        nn.ReLU(),
        nn.Dropout(config.dropout),
        nn.Linear(first_size, second_size),
        nn.ReLU(),
        nn.Linear(second_size, NUM_CLASSES),
    )
    return ConvNetwork(nn.Sequential(*blocks), classifier)


def build_convnet4(config: ConvNet4Config) -> ConvNetwork:
    """Build the notebook's ConvNet4: global average pooling takes the place of the hidden linear layers."""

    def build_block(in_channels: int, out_channels: int) -> list[nn.Module]:
        return [
            nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=1, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        ]

    first, second, third = config.channels
    after_first, after_second, before_linear = config.dropouts
    features = nn.Sequential(
        *build_block(1, first),
        *build_block(first, first),
        nn.MaxPool2d(kernel_size=2),  # (N, 64, 14, 14)
        nn.Dropout(after_first),
        *build_block(first, second),
        *build_block(second, second),
        nn.MaxPool2d(kernel_size=2),  # (N, 128, 7, 7)
        nn.Dropout(after_second),
        *build_block(second, third),
        *build_block(third, third),
        nn.AvgPool2d(kernel_size=7),  # (N, 256, 1, 1): the mean of each map
    )
    return ConvNetwork(features, nn.Sequential(nn.Dropout(before_linear), nn.Linear(third, NUM_CLASSES)))


def build_glassnet(config: GlassNetConfig) -> ConvNetwork:
    """Build our own network: as much accuracy as a minute of training on two processor cores buys.

    The multiplications of a convolution go with its maps' area, so the wide ones come where the maps are
    small. Pooling comes before batch norm and ReLU, which leaves them a quarter of the work. The strongest
    answer of each of the last maps counts, wherever in the image it stands.
    """
    first, second, third = config.channels

    def convolve(in_channels: int, out_channels: int, kernel_size: int = 3, padding: int = 1) -> nn.Conv2d:
        return nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding, bias=False)

    def normalise(channels: int) -> list[nn.Module]:  # its shift does what a bias would do
        return [nn.BatchNorm2d(channels), nn.ReLU()]

    features = nn.Sequential(
        convolve(1, first, kernel_size=5, padding=2),
        nn.MaxPool2d(kernel_size=2),  # (N, 16, 14, 14)
        *normalise(first),
        convolve(first, second),
        *normalise(second),
        convolve(second, second),
        nn.MaxPool2d(kernel_size=2),  # (N, 32, 7, 7)
        *normalise(second),
        convolve(second, third),
        *normalise(third),
        convolve(third, third, padding=0),  # (N, 96, 5, 5)
        *normalise(third),
        nn.MaxPool2d(kernel_size=5),  # (N, 96, 1, 1)
    )
    return ConvNetwork(features, nn.Linear(third, NUM_CLASSES))
