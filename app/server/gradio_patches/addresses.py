"""The addresses at which Gradio takes calls."""

from __future__ import annotations

import re

CALL_PATH = re.compile(r"/gradio_api/(?:call/v2|call|run|api)/([^/]*)/?")
DIRECT_CALL_PATH = re.compile(r"/gradio_api/(?:run|api)/[^/]*/?")
JOIN_PATH = "/gradio_api/queue/join"
JOINING_PATH = re.compile(r"/gradio_api/(?:queue/join|call/(?:v2/)?[^/]*)/?")  # into Gradio's queue
DIRECT_PATH = re.compile(r"/gradio_api/(?:(?:run|api)/[^/]*|component_server)/?")  # past it
