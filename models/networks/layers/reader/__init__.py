"""A network read from the Python that a course's notebook has for it, without executing any of it."""
