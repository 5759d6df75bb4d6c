"""Gradient descent: optimizers on one loss, beside the theory that predicts them."""
