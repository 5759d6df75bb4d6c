"""Data sets, real ones and those drawn with built-in pen strokes."""
