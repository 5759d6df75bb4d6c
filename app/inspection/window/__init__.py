"""The kernel window: one convolution or pooling, every number of it."""
