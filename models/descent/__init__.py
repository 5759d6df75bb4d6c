"""Gradient descent: problems, optimizers, paths, and the theory of step sizes."""
