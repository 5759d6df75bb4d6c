"""What Glassbox computes: networks, data, training, and the arithmetic behind each tab."""
