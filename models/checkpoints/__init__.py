"""Checkpoints: the file, what it answers, how well, and how sure it may be."""
