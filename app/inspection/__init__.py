"""Conv & pool: a layer by hand, a network layer by layer, dropout and batch norm, an architecture."""
