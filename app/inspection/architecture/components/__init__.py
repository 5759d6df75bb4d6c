"""What the architecture reader draws in the browser."""
