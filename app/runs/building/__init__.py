"""The place on the training runs tab where a network of one's own is built."""
