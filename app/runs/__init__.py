"""Training runs: started, watched, steered, compared."""
