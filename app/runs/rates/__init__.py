"""The exercise on dropout: choose where it goes, train with it and without, read the verdict."""
