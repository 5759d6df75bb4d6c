"""Convolution, pooling and layers, by hand and beside torch."""
