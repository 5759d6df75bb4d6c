"""Launching and guarding the page; it knows no subject."""
