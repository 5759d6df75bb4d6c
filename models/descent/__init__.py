"""Gradient descent: problems, optimisers, paths, and the theory of step sizes."""
