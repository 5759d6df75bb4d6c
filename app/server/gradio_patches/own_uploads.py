"""Gradio's files lie in a folder of our own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gradio import utils

from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "own uploads",
    "Gradio keeps files in a folder that all its programs and users share, as many as come; what is cut "
    "off stays there for ever.",
    "Visitors fill the disk, and another user's folder keeps the page from starting.",
    ("gradio.utils.get_upload_folder()", "gradio.routes.DEFAULT_TEMP_DIR", "page.upload_file_set"),
    ("/gradio_api/upload",),
)


def keep_files_in(folder: Path) -> None:
    """Let Gradio keep its files in a folder; call it before a page is built, whose parts remember theirs."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    for name, module in [*sys.modules.items()]:  # several have read it when they were imported
        if name.startswith("gradio.") and "DEFAULT_TEMP_DIR" in vars(module):
            vars(module)["DEFAULT_TEMP_DIR"] = str(folder)


def find_upload_folder() -> Path:
    """Return the folder in which Gradio keeps its files."""
    return Path(utils.get_upload_folder())
