"""The lessons' texts, in the order of the course, and what reads them."""
