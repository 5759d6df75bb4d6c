"""What Glassbox shows: the page, its tabs and components, and the command line."""

import os

# Read when gradio is imported, so it stands before every import of it: the page sends nothing anywhere.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
