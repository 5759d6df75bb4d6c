"""Checkpoints: the file, what it answers, how well, and how confident it may be."""
