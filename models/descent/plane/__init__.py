"""A small network over the plane: its data, its training, and all that is looked at of it."""
