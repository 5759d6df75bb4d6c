"""Components that several subjects show."""
