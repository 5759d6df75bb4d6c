"""The four tabs: one builder each, and its handlers."""
