"""What the network's section draws in the browser."""
