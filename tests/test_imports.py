"""The layering of the design, read off the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("models/**/*.py")])

# A subject of app/ is a room of its own; `main.py` hands over what one needs of another.
SUBJECTS = {"descent", "inspection", "runs", "sketchpad"}
# What subjects share knows none of them.
SHARED = {"ui", "server"}
# A room of models/ imports those before it, and itself.
ROOMS = ("values", "networks", "data", "checkpoints", "descent", "inspection", "sketch", "training", "runs")
# An entry point may start what stands above its room: `python -m models.training` is a run's process.
ENTRY_POINTS = {"models/training/__main__.py"}


def find_imports(path):
    """Return every module that a file imports, wherever in it the import stands."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def imports_any(modules, names):
    return {module for module in modules if module.split(".")[0] in names}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_keeps_to_its_layer(path):
    modules = find_imports(path)
    if path.is_relative_to(ROOT / "app"):
        assert not imports_any(modules, {"torch", "torchvision", "safetensors"})
    else:
        assert not imports_any(modules, {"app", "gradio", "matplotlib"})


def find_rooms(modules, layer):
    """Return the rooms of a layer that these modules stand in: `inspection` for `app.inspection.window`."""
    return {module.split(".")[1] for module in modules if module.startswith(f"{layer}.")}


@pytest.mark.parametrize("room", sorted(SUBJECTS | SHARED))
def test_subjects_of_the_page_do_not_import_each_other(room):
    files = sorted(ROOT.glob(f"app/{room}/**/*.py"))
    assert files
    for path in files:
        others = find_rooms(find_imports(path), "app") & SUBJECTS - {room}
        assert not others, f"{path.relative_to(ROOT)} imports of {others}"


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_of_models_import_those_before_them_only(room):
    files = (
        [ROOT / "models" / f"{room}.py"] if room == "values" else sorted(ROOT.glob(f"models/{room}/**/*.py"))
    )
    assert files
    for path in files:
        if path.relative_to(ROOT).as_posix() in ENTRY_POINTS:
            continue
        later = find_rooms(find_imports(path), "models") & set(ROOMS[ROOMS.index(room) + 1 :])
        assert not later, f"{path.relative_to(ROOT)} imports of {later}"


def test_every_module_of_models_stands_in_a_room():
    rooms = {
        path.relative_to(ROOT / "models").parts[0].removesuffix(".py") for path in ROOT.glob("models/**/*.py")
    }
    assert rooms == {*ROOMS, "__init__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_heavy_is_imported_at_the_top(path):
    """torchvision takes five seconds to import and matplotlib one: only the function that needs them may."""
    tree = ast.parse(path.read_text())
    top = ast.Module(body=[node for node in tree.body if not isinstance(node, ast.If)], type_ignores=[])
    names = set()
    for node in top.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert not names & {"torchvision", "matplotlib", "pandas"}
