"""Components of the plane's bench."""
