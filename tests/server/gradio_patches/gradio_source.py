"""What Gradio's own source calls."""

import ast
from pathlib import Path

import gradio as gr

GRADIO = Path(gr.__file__).parent


def find_calls(patterns, is_wanted):
    """Return the functions of Gradio's files with a wanted call."""
    found = set()

    def look(node, names):
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = [*names, child.name]
            if isinstance(child, ast.Call):
                owner, _, name = ast.unparse(child.func).rpartition(".")
                if is_wanted(owner, name):
                    found.add(".".join(names))
            look(child, inner)

    for path in (path for pattern in patterns for path in GRADIO.glob(pattern)):
        look(ast.parse(path.read_text(encoding="utf-8")), [])
    return found
