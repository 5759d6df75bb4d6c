"""The public endpoints: what other programs may ask."""
