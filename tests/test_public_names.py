"""The public names of `models`: each is there, and asking for one does not import the rest."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import models


@pytest.mark.parametrize("name", models.__all__)
def test_public_name_is_the_one_of_its_module(name):
    offered = getattr(models, name)
    assert offered is not None
    if callable(offered):
        assert offered.__module__.startswith("models.")


def test_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(AttributeError, match="offers NETWORKS, .* train$"):
        _ = models.checkpoint


# One after the other in one process, since torch takes seconds: each of them and all before it.
ASKED = [
    [
        ("import models", {"torch", "numpy", "models.networks"}),
        ("from models import NETWORKS, build_network", {"models.checkpoints", "models.training"}),
        ("from models import load_checkpoint, predict_digit", {"models.sketch", "models.training"}),
        ("from models import digit_from_strokes, SketchRefused", {"models.training", "models.runs"}),
    ],
    [("from models import train, TrainConfig", {"models.sketch", "models.runs"})],
]


@pytest.mark.parametrize("asked", ASKED, ids=["what reads", "what trains"])
def test_name_brings_only_what_it_needs(asked):
    program = "import sys\n" + "\n".join(f"{statement}\nprint(*sys.modules)" for statement, _ in asked)
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for (statement, absent), loaded in zip(asked, result.stdout.splitlines(), strict=True):
        assert not absent & set(loaded.split()), statement


DOCUMENTED = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", models.__all__)
def test_public_name_is_documented(name):
    assert re.search(rf"^\|.*`{name}\b.*\|$", DOCUMENTED, flags=re.MULTILINE)
