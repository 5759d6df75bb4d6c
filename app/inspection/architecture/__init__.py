"""The architecture reader: layers, shapes, parameters and multiply-adds."""
