"""Gradient descent: optimisers on one loss, beside the theory that predicts them."""
