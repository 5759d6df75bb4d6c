"""What the kernel window draws in the browser."""
