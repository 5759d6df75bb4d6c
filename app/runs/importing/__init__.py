"""The place on the training runs tab where weights of one's own are taken."""
