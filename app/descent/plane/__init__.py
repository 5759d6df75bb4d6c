"""The second bench of gradient descent: a small network learns a boundary in the plane."""
