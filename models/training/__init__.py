"""Training: a configuration in, a stream of events out (`loop`), and all that one step of it is made of."""
