"""Dropout and batch norm under the microscope."""
