"""A script to take away as a Jupyter notebook, with what it prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def write_script_notebook(script: str, printed: str = "") -> str:
    """Return a script as the text of an .ipynb file.

    Its docstring becomes the heading; imports, definitions, and the work itself become a cell each.

    Args:
        script: Python that begins with a docstring, then imports, and prints nothing before its first loop or
            `with`.
        printed: What it prints, by the computation that the page shows; the output of the last cell.
    """
    import nbformat

    v4 = nbformat.v4
    heading, *codes = _split_script(script, has_output=bool(printed))
    cells = [
        v4.new_markdown_cell(heading, id="heading"),  # type: ignore[no-untyped-call]
        *(
            v4.new_code_cell(code, id=f"code-{number}")  # type: ignore[no-untyped-call]
            for number, code in enumerate(codes, start=1)
        ),
    ]
    if printed:
        last = cells[-1]
        last.outputs = [v4.new_output("stream", name="stdout", text=printed)]  # type: ignore[no-untyped-call]
        for number, cell in enumerate(cells[1:], start=1):
            cell.execution_count = number
    notebook = v4.new_notebook(metadata=_KERNEL, cells=cells)  # type: ignore[no-untyped-call]
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _split_script(script: str, *, has_output: bool) -> Iterator[str]:
    """Yield the heading as Markdown, then the parts of the code."""
    tree = ast.parse(script)
    docstring = ast.get_docstring(tree) or ""
    title, _, rest = docstring.partition("\n\n")
    origin = "Run all cells to compute it."
    if has_output:
        origin = "Run all cells to compute it anew; what stands below the last one is what Glassbox computed."
    yield "\n\n".join(part for part in (f"# {title}", rest.strip(), origin) if part)
    statements = tree.body[1:]
    is_import = [isinstance(node, ast.Import | ast.ImportFrom) for node in statements]
    num_imports = is_import.index(False)
    first_work = next(place for place, node in enumerate(statements) if isinstance(node, ast.For | ast.With))
    lines = script.splitlines()
    starts = [statements[place].lineno - 1 for place in (0, num_imports, first_work)]
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(lines)
        # A comment above a statement goes with it.
        while end < len(lines) and lines[end - 1].startswith("#"):
            end -= 1
        while place and lines[start - 1].startswith("#"):
            start -= 1
        if code := "\n".join(lines[start:end]).strip():
            yield code
