"""The rows of the builder of networks: what Gradio lacks for it."""
