"""What the gradient descent tab draws in the browser."""
