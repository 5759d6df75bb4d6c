"""The notebook's own networks, as it defines them, for what has to read weights that were trained there."""

import torch
from torch import nn


class SimpleFeedForward(nn.Module):
    def __init__(self, input_size=784, hidden_sizes=(128, 64), output_size=10):
        super().__init__()
        self.classifier = nn.Sequential(
            nn.Linear(input_size, hidden_sizes[0]),
            nn.ReLU(),
            nn.Linear(hidden_sizes[0], hidden_sizes[1]),
            nn.ReLU(),
            nn.Linear(hidden_sizes[1], output_size),
        )

    def forward(self, x):
        return self.classifier(x.reshape(-1, 784))


class MultinomialLogisticRegression(nn.Module):
    def __init__(self, input_size=784, output_size=10):
        super().__init__()
        self.classifier = torch.nn.Linear(input_size, output_size)

    def forward(self, x):
        return self.classifier(x.reshape(-1, 784))


class Flattening(nn.Module):
    def forward(self, x):
        out = self.layer1(x)
        return self.classifier(out.reshape(out.size(0), -1))


class ConvNet(Flattening):
    dropout = ()

    def __init__(self):
        super().__init__()
        self.layer1 = nn.Sequential(
            nn.Conv2d(1, 8, kernel_size=5, stride=[1, 1], padding=2),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.classifier = nn.Sequential(
            *self.dropout, nn.Linear(14 * 14 * 8, 500), nn.ReLU(), nn.Linear(500, 10)
        )


class ConvNet2(ConvNet):
    dropout = (nn.Dropout(0.5),)


class ConvNet3(Flattening):
    def __init__(self):
        super().__init__()
        layers = []
        for inputs, outputs in ((1, 16), (16, 32), (32, 64)):
            layers += [
                nn.Conv2d(inputs, outputs, kernel_size=5, stride=1, padding=2, bias=True),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=2),
            ]
        self.layer1 = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(576, 128),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(128, 256),
            nn.ReLU(inplace=True),
            nn.Linear(256, 10),
        )


def batch_relu(in_channels, out_channels, ks):
    return [
        nn.Conv2d(in_channels, out_channels, kernel_size=ks, stride=1, padding=int((ks - 1) / 2), bias=True),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    ]


class ConvNet4(nn.Module):
    def __init__(self, base_n=64):
        super().__init__()
        self.features = nn.Sequential(
            *batch_relu(1, base_n, 3),
            *batch_relu(base_n, base_n, 3),
            nn.MaxPool2d(kernel_size=2),
            nn.Dropout(0.4),
            *batch_relu(base_n, 2 * base_n, 3),
            *batch_relu(2 * base_n, 2 * base_n, 3),
            nn.MaxPool2d(kernel_size=2),
            nn.Dropout(0.4),
            *batch_relu(2 * base_n, 4 * base_n, 3),
            *batch_relu(4 * base_n, 4 * base_n, 3),
            nn.AvgPool2d(kernel_size=7),
        )
        self.lin1 = nn.Linear(4 * base_n, 10)

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size()[0], -1)
        return self.lin1(nn.functional.dropout(x, 0.5, self.training, inplace=True))


NOTEBOOK = {
    "logistic": MultinomialLogisticRegression,
    "mlp": SimpleFeedForward,
    "convnet": ConvNet,
    "convnet2": ConvNet2,
    "convnet3": ConvNet3,
    "convnet4": ConvNet4,
}
