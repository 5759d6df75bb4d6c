"""People's digits: prepared for a network, doubted, explained."""
