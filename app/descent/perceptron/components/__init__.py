"""The graph of the perceptron, walked through."""
