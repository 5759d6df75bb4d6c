"""Question 3 for a network with a hidden layer: its computation graph, followed backwards node by node."""
