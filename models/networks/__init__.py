"""The networks: their layers, their architecture, their source."""
