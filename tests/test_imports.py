"""The layering of the design, read off the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("models/**/*.py")])

# A subject of app/ is a room of its own; `main.py` hands over what one needs of another.
SUBJECTS = {"descent", "inspection", "lab", "runs", "sketchpad"}
# What subjects share knows none of them.
SHARED = {"ui", "server"}
# A room of models/ imports those before it, and itself.
ROOMS = (
    "values", "processes", "processors", "cores", "tables", "networks", "data", "checkpoints", "descent",
    "inspection", "sketch", "exercises", "training", "runs",
)  # fmt: skip
# What builds the page, and stands between it and the web; all else of app/ works without Gradio.
BUILDS_THE_PAGE = {"main", "theme", "tab", "section", "sections", "controls", "fields", "lesson", "handlers"}
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


@pytest.mark.parametrize(
    ("layer", "foreign"),
    [("app", {"torch", "torchvision", "safetensors"}), ("models", {"app", "gradio", "matplotlib"})],
)
def test_layers_never_cross(layer, foreign):
    files = sorted(ROOT.glob(f"{layer}/**/*.py"))
    assert files
    for path in files:
        assert not imports_any(find_imports(path), foreign), path.relative_to(ROOT)


def test_gradio_stays_where_the_page_is_built():
    for path in ROOT.glob("app/**/*.py"):
        room, *_ = path.relative_to(ROOT / "app").parts
        if room in {"api", "server"} or path.parent.name == "components" or path.stem in BUILDS_THE_PAGE:
            continue
        assert not imports_any(find_imports(path), {"gradio"}), f"{path.relative_to(ROOT)} imports gradio"


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
    module = ROOT / "models" / f"{room}.py"
    files = [module] if module.exists() else sorted(ROOT.glob(f"models/{room}/**/*.py"))
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


def test_nothing_heavy_is_imported_at_the_top():
    """torchvision takes five seconds to import and matplotlib one: only the function that needs them may."""
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy = {name.split(".")[0] for name in names} & {"torchvision", "matplotlib", "pandas"}
            assert not heavy, f"{path.relative_to(ROOT)} imports {heavy}"
