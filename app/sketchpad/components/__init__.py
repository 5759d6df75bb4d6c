"""What the sketchpad tab draws in the browser."""
