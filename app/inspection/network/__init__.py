"""An image on its way through a network, layer by layer."""
