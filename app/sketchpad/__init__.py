"""The sketchpad: a drawing, read by networks, and why."""
