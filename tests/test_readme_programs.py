"""The programs in docs/api.md, run as they stand there; only the page's address is another."""

import ast
import inspect
import io
import json
import re
import shutil
import subprocess
import tokenize
from pathlib import Path

import pytest
import torch

from app.api import endpoints
from app.cli import main
from app.server.calls import list_parameters
from models.checkpoints.file import find_checkpoint, list_checkpoints, load_checkpoint
from models.checkpoints.imported import import_checkpoint
from tests.api.contract import PUBLIC
from tests.waiting import HANG_SECONDS

ROOT = Path(__file__).parent.parent
DOCUMENTED = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"


def find_blocks(language=""):
    """Return the page's blocks of code in a language, or those in none."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", DOCUMENTED, flags=re.DOTALL | re.MULTILINE)
    return [code for name, code in blocks if name == language]


def find_block(language, text):
    """Return the page's one block in a language that holds a text."""
    (block,) = [block for block in find_blocks(language) if text in block]
    return block


def run_block(block):
    """Run Python as it stands; an expression with a value behind its # must have that value."""
    tokens = tokenize.generate_tokens(io.StringIO(block).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    names, num_compared = {}, 0
    for node in ast.parse(block).body:
        source = ast.unparse(node)
        if not isinstance(node, ast.Expr):
            exec(source, names)
            continue
        value = eval(source, names)
        try:
            expected = ast.literal_eval(comments[node.end_lineno].removeprefix("# "))
        except (KeyError, SyntaxError):
            continue  # no comment, or words
        assert json.loads(json.dumps(value)) == approximate(expected), source
        num_compared += 1
    return names, num_compared


def approximate(expected):
    if isinstance(expected, list | tuple):
        return [approximate(item) for item in expected]
    return pytest.approx(expected, rel=1e-4) if isinstance(expected, int | float) else expected


def test_client_examples_give_what_stands_beside_them(served_page):
    _, num_compared = run_block(find_block("python", "gradio_client").replace(ADDRESS, served_page))
    assert num_compared == 9


def test_client_examples_call_every_endpoint():
    assert set(re.findall(r'api_name="(/\w+)"', find_block("python", "gradio_client"))) == PUBLIC


def test_curl_example_reads_the_digit(served_page):
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("needs curl and bash")
    script = find_block("", "curl").replace(ADDRESS, served_page)
    answer = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, timeout=HANG_SECONDS
    ).stdout
    assert "event: complete" in answer, answer
    (result,) = json.loads(answer.rpartition("data: ")[2])
    assert (result["digit"], result["stages"]) == (1, [])


def test_table_of_endpoints_is_what_their_signatures_are():
    rows = re.findall(r"^\| `(/\w+)` \| (.*?) ?\| ", DOCUMENTED, flags=re.MULTILINE)
    assert {name for name, _ in rows} == PUBLIC
    for name, cell in rows:
        endpoint = getattr(endpoints, name[1:])
        parameters = inspect.signature(endpoint).parameters
        shown = [
            other + ("" if parameters[other].default is inspect.Parameter.empty else "=")
            for other in list_parameters(endpoint)
        ]
        assert re.findall(r"`(\w+=?)`", cell) == shown


def test_program_in_python_reads_a_seven(capsys):
    run_block(find_block("python", "predict_digit"))
    assert capsys.readouterr().out == "7\n"


def test_weights_saved_as_shown_are_imported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, _ = run_block(find_block("python", "save_file"))
    content = Path("net.safetensors").read_bytes()
    brought = import_checkpoint(content, "net.safetensors", "logistic", "strokes")
    assert torch.equal(brought.network.classifier.weight, names["net"][1].weight)


@pytest.mark.gate
def test_exported_network_answers_as_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (command,) = re.findall(r"^glassbox (export .*--out .*)$", DOCUMENTED, flags=re.MULTILINE)
    assert main(command.split()) == 0
    names, _ = run_block(find_block("python", "onnxruntime"))
    assert names["logits"].shape == names["probabilities"].shape == (2, 10)


@pytest.mark.parametrize("name", list_checkpoints())
def test_five_lines_load_any_checkpoint(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    block = find_block("python", "safe_open")
    assert len(re.sub(r"(?m)^(import|from) .*$", "", block).split("\n\n")[-1].strip().splitlines()) == 5
    assert "checkpoints/sketchpad.safetensors" in block
    names, _ = run_block(block.replace("checkpoints/sketchpad.safetensors", str(find_checkpoint(name))))
    expected = load_checkpoint(name).network.state_dict()
    state = names["network"].state_dict()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[key], expected[key]) for key in expected)
    assert not names["network"].training
