"""`glassbox notebook` and `glassbox grade`."""

import csv
import json

import pytest

from app.cli import main
from models.exercises.catalogue import EXERCISES


def test_notebook_is_written_and_never_over_another(tmp_path, capsys):
    path = tmp_path / "lab.ipynb"
    assert main(["notebook", str(path), "--seed", "Ada"]) == 0
    assert "Wrote" in capsys.readouterr().out
    path.write_text("answers")
    assert main(["notebook", str(path)]) == 2
    assert "its answers would be lost" in capsys.readouterr().err
    assert path.read_text() == "answers"
    assert main(["notebook", str(path), "--force", "--solutions"]) == 0
    assert json.loads(path.read_text())["nbformat"] == 4


@pytest.mark.parametrize(
    ("arguments", "reply"),
    [(["lab.txt"], "let it end in .ipynb"), (["lab.ipynb", "--seed", "x" * 100], "at most 80")],
)
def test_what_cannot_be_written_is_said(tmp_path, monkeypatch, capsys, arguments, reply):
    monkeypatch.chdir(tmp_path)
    assert main(["notebook", *arguments]) == 2
    assert reply in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_grading_lists_sheets_and_names_those_it_cannot_read(tmp_path, capsys):
    answers = [{"exercise": "number-type", "given": index, "tries": 1} for index in range(4)]
    for index, answer in enumerate(answers):
        sheet = {"schema": 1, "name": "=ada", "seconds": 65, "answers": [answer]}
        (tmp_path / f"{index}.json").write_text(json.dumps(sheet))
    (tmp_path / "4.json").write_text("{")
    files = [str(tmp_path / f"{index}.json") for index in range(6)]
    table = tmp_path / "table.csv"
    assert main(["grade", *files, "--csv", str(table)]) == 2
    printed = capsys.readouterr()
    assert printed.out.count(f"1 of {len(EXERCISES)} right, 1 answered, 1 tries, 1 min 5 s") == 1
    assert printed.out.count(f"0 of {len(EXERCISES)} right") == 3
    assert "4.json: It is not an answer sheet" in printed.err
    assert "5.json: No such file" in printed.err
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert sorted(row["number-type"] for row in rows) == ["right", "wrong", "wrong", "wrong"]
    assert {row["name"] for row in rows} == {"'=ada"}
    assert main(["grade", files[0], "--csv", str(table), "--decimal", "comma"]) == 0
    assert ";" in table.read_text(encoding="utf-8-sig").splitlines()[0]
