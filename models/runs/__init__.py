"""Training runs: a folder each, written by a process of its own."""
