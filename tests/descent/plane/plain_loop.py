"""A plain loop of torch over the same settings, written apart from the product: the expected weights."""

import math

import torch
import torch.nn.functional as F
from torch import nn

MODULES = {
    "tanh": nn.Tanh, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU, "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
}  # fmt: skip
OPTIMIZERS = {
    "gradient_descent": lambda weights, lr: torch.optim.SGD(weights, lr=lr),
    "momentum": lambda weights, lr: torch.optim.SGD(weights, lr=lr, momentum=0.9),
    "nesterov": lambda weights, lr: torch.optim.SGD(weights, lr=lr, momentum=0.9, nesterov=True),
    "adagrad": lambda weights, lr: torch.optim.Adagrad(weights, lr=lr),
    "rmsprop": lambda weights, lr: torch.optim.RMSprop(weights, lr=lr),
    "adam": lambda weights, lr: torch.optim.Adam(weights, lr=lr),
}
FEATURES = {
    "x": lambda x, y: x, "y": lambda x, y: y, "xx": lambda x, y: x**2, "yy": lambda x, y: y**2,
    "xy": lambda x, y: x * y, "sinx": lambda x, y: x.sin(), "siny": lambda x, y: y.sin(),
}  # fmt: skip


def features(inputs, positions):
    x, y = positions[:, 0], positions[:, 1]
    return torch.stack([FEATURES[name](x, y) for name in inputs], 1)


def build(config, num_outputs):
    """Build the network after `torch.manual_seed`, with PyTorch's own modules."""
    layers, width = [], len(config.inputs)
    for units in config.hidden:
        layers.append(nn.Linear(width, units))
        layers += [nn.BatchNorm1d(units)] if config.batch_norm else []
        layers.append(MODULES[config.activation]())
        layers += [nn.Dropout(config.dropout)] if config.dropout else []
        width = units
    layers.append(nn.Linear(width, num_outputs))
    for layer in layers:
        if not isinstance(layer, nn.Linear) or config.initialisation == "default":
            continue
        draw = {
            "xavier": nn.init.xavier_uniform_,
            "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
            "zeros": nn.init.zeros_,
            "large": lambda weight: nn.init.normal_(weight, 0, 3),
        }[config.initialisation]
        draw(layer.weight)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def measure(outputs, labels, num_classes):
    if num_classes == 0:
        return F.mse_loss(outputs[:, 0], labels)
    if num_classes == 2:
        return F.binary_cross_entropy_with_logits(outputs[:, 0], labels.float())
    return F.cross_entropy(outputs, labels)


def measure_whole(network, inputs, labels, points, training):
    """Return the loss with its penalties."""
    loss = measure(network(inputs), labels, points.num_classes)
    weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]
    if training.l1 or training.l2:
        penalty = torch.zeros(())
        if training.l1:
            penalty = penalty + training.l1 * sum(weight.abs().sum() for weight in weights)
        if training.l2:
            penalty = penalty + training.l2 / 2 * sum((weight**2).sum() for weight in weights)
        loss = loss + penalty
    return loss


def sweep(experiment, points, seed, rates):
    """Raise the rate from step to step; return the losses up to one that is not finite."""
    config, training = experiment.network, experiment.training
    torch.manual_seed(seed)
    network = build(config, points.num_classes if points.num_classes > 2 else 1)
    optimizer = OPTIMIZERS[training.optimizer](network.parameters(), 1.0)
    kept = torch.tensor(~points.is_test)
    inputs = features(config.inputs, torch.tensor(points.positions)[kept])
    labels = torch.tensor(points.targets)[kept]
    losses = []
    while True:
        for batch in torch.randperm(len(inputs)).split(training.batch):
            if len(losses) == len(rates) or (losses and not math.isfinite(losses[-1])):
                return losses
            if config.batch_norm and config.hidden and len(batch) == 1 < len(inputs):
                continue
            optimizer.param_groups[0]["lr"] = rates[len(losses)]
            loss = measure_whole(network, inputs[batch], labels[batch], points, training)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())


def train(experiment, points):
    """Train as the experiment says; yields (epochs done, the network) up to a loss that is not finite."""
    config, training = experiment.network, experiment.training
    torch.manual_seed(training.seed)
    network = build(config, points.num_classes if points.num_classes > 2 else 1)
    optimizer = OPTIMIZERS[training.optimizer](network.parameters(), training.lr)
    kept = torch.tensor(~points.is_test)
    inputs = features(config.inputs, torch.tensor(points.positions)[kept])
    labels = torch.tensor(points.targets)[kept]
    needs_two = config.batch_norm and config.hidden
    yield 0, network
    order = torch.arange(len(inputs)).split(training.batch)
    steps = [batch for batch in order if not (needs_two and len(batch) == 1)]
    num_steps, step = len(steps) * training.epochs, 0
    for epoch in range(training.epochs):
        is_after = training.switch_epoch is not None and epoch >= training.switch_epoch
        for batch in torch.randperm(len(inputs)).split(training.batch)[: len(steps)]:
            rate = training.switch_lr if is_after else training.lr
            if training.schedule == "cosine":
                rate *= (1 + math.cos(math.pi * ((step + 0.5) / num_steps))) / 2
            optimizer.param_groups[0]["lr"] = rate
            step += 1
            network.train()
            loss = measure_whole(network, inputs[batch], labels[batch], points, training)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if not loss.isfinite():
                return
        yield epoch + 1, network
