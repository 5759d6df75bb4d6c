"""Exercises of the lab: numbers drawn from a name, an answer that is checked, the slips that people make."""
