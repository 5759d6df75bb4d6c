"""A network as a list of layers, as data: kinds of layer, a list's examination, its module, its Python text.

Every network takes (N, 1, 28, 28) float32 in [0, 1] and returns (N, 10) logits.
"""

IMAGE_SIZE_PX = 28
NUM_CLASSES = 10
