"""The layering of the design, read off the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("models/**/*.py")])

# Each ladder's modules import from lower rungs of their own ladder, and nothing else of models/.
LADDERS = {
    "training": [
        {"glyphs"},
        {"networks", "strokes", "randomness"},
        {"data", "checkpoint"},
        {"evaluation", "recipes", "prediction"},
        {
            "training.state",
            "training.augmentation",
            "training.distortion",
            "training.optimizer",
            "training.peers",
            "training.options",
            "fine_tuning",
        },
        {"events"},
        {"training.loop"},
        {"run_limits", "run_folder"},
        {"run_launcher"},
        {"run_line"},
        {"runs", "run_writer"},
        {"run_shelf", "run_records", "library"},
        {"run_queue"},
        {"training.__main__"},
    ],
    "descent": [{"problems", "optimizers"}, {"descent", "learning_rate"}, {"pace"}],
    "backprop": [{"problems"}, {"backprop"}],
    "tensor_basics": [{"tensor_basics"}],
    "window": [{"window"}, {"convolution", "pooling", "kernels"}],
    "inspection": [{"networks"}, {"activations", "receptive_field", "architecture", "microscope"}],
}


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
    if path.is_relative_to(ROOT / "app" / "tabs"):
        tab = path.relative_to(ROOT / "app" / "tabs").parts[0].removesuffix(".py")
        others = {module for module in modules if module.startswith("app.tabs.")}
        assert all(f"{module}.".startswith(f"app.tabs.{tab}.") for module in others), "tabs import each other"


@pytest.mark.parametrize("ladder", list(LADDERS))
def test_models_import_downwards_only(ladder):
    """runs → training → {data, evaluation, checkpoint} → networks; the others stand beside them."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in ROOT.glob("models/**/*.py")
        if path.stem != "__init__"
    }
    level_of = {f"models.{name}": level for level, names in enumerate(LADDERS[ladder]) for name in names}
    assert level_of.keys() <= modules, "a rung names a module that does not exist"
    for name in level_of:
        for module in find_imports(ROOT / f"{name.replace('.', '/')}.py") & modules:
            assert module in level_of, f"{name} imports {module}, which stands beside it"
            assert level_of[module] < level_of[name], f"{name} imports {module}"


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
