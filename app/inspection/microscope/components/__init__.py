"""What the microscope draws in the browser."""
