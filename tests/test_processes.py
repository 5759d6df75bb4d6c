"""What this program starts finds our modules, not those of the working folder or of PYTHONPATH."""

import subprocess

import app
import models
from models.processes import build_call, build_environment


def test_our_modules_come_first(tmp_path, monkeypatch):
    for name in ("app", "models"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not ours')")
    (tmp_path / "which.py").write_text("import app, models\nprint(app.__file__, models.__file__)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    started = subprocess.run(
        build_call("which"), env=build_environment(), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert started.stdout.split() == [app.__file__, models.__file__]
