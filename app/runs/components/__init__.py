"""What the training runs tab draws in the browser."""
