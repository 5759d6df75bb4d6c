"""What SECURITY.md promises of the served page: its headers, its limits, and what it refuses to do."""

import json
import os
import re
import shutil
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from app.descent import link as race_link
from app.descent.form import MOVED_FIELDS
from app.descent.setting_kinds import MAX_FIELD_LETTERS
from app.inspection.window import link as window_link
from app.inspection.window.image import read_grid
from app.inspection.window.sliding import MAX_GRID_SIDE
from app.runs.comparison import MAX_RUNS, show_comparison
from app.runs.live import MAX_ASKED_RUNS, look
from app.server.refusals import MAX_UPLOAD_BYTES
from app.server.security_headers import CONTENT_POLICY, HEADERS, SPACE_FRAMES, build_policy
from models.checkpoints.file import SHIPPED_FOLDER
from models.runs.folder import find_runs_folder
from models.sketch.drawings import MAX_SIDE_PX, prepare_drawings
from tests.server.limits_table import ROW, write_limit, write_limits
from tests.sketch.test_drawings import draw_digits
from tests.waiting import HANG_SECONDS

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LIMITS = ROW.findall(SECURITY)
ATTACKS = re.findall(r"^\| [^|]+ \| [^|]+ \| ((?:`[\w/.]+::\w+`(?:, )?)+) \|$", SECURITY, re.MULTILINE)

# Bounds of images, charts and sliders that are ours: beyond, things are made smaller or refused elsewhere.
NO_INPUT = {
    "app.inspection.microscope.handlers.MAX_SEED",
    "app.inspection.window.settings.MAX_SEED",
    "app.sketchpad.preparation.MAX_BRUSH_PX",
    "app.descent.view.MAX_CHART_POINTS",
    "app.runs.comparison.MAX_POINTS",
    "app.runs.results.MAX_IMAGES",
    "app.runs.layers.MAX_NEWS_MOMENTS",
    "app.runs.view.MAX_NEWS_POINTS",
    "app.runs.view.MAX_VIEW_POINTS",
    "app.inspection.window.image.MAX_SHOWN_PX",
    "app.inspection.window.view.MAX_SUMS",
    "models.sketch.preparation_steps.MAX_SHOWN_PX",
    "models.sketch.counterfactual.MAX_EDITS",
    "models.sketch.counterfactual.MAX_INK_PX",
    "models.sketch.neighbours.MAX_READ",
    "models.descent.pace.MAX_COUNTED_STEPS",
    "models.sketch.pen_files.MAX_FILE_BYTES",
    "models.sketch.pen_width.MAX_SOFTNESS_PX",
    "models.sketch.photo.MAX_TILT",
    "models.descent.problems.MIN_CONDITION",
    "models.runs.records.MAX_UNITS",
    "models.runs.writer.MAX_SNAPSHOTS",
    "models.sketch.preparation.MAX_CROP_PX",
}
DOUBTS = (
    "models.sketch.doubt.",
    "models.sketch.frame.",
    "models.sketch.ink.",
    "models.sketch.straight_lines.",
    "models.training.",
)  # what is no digit, and how training images are changed


def test_table_of_limits_is_what_the_code_does():
    """Where it is not: `uv run python -m tests.server.limits_table`."""
    assert write_limits(SECURITY) == SECURITY


@pytest.mark.parametrize(
    ("value", "text"),
    [(4 * 2**20, "4,194,304"), (2.0, "2"), (0.999, "0.999"), (1e15, "1e15"), (1e6, "1,000,000"), (8, "8")],
)
def test_limit_is_written_as_people_read_it(value, text):
    assert write_limit(value) == text


def test_every_limit_names_a_test_that_exists():
    for _, _, _, test in LIMITS:
        check_test_exists(test)


def test_every_limit_stands_in_the_table():
    found = set()
    for path in sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("models/**/*.py")]):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found |= {
            f"{module}.{name}" for name in re.findall(r"^(MAX_[A-Z_]+) =", path.read_text(), re.MULTILINE)
        }
    listed = {constant for _, _, constant, _ in LIMITS}
    assert len(listed) > 40
    assert sorted(name for name in found - listed - NO_INPUT if not name.startswith(DOUBTS)) == []


def test_every_attack_names_a_test_that_exists():
    assert len(ATTACKS) > 10
    for cell in ATTACKS:
        for test in re.findall(r"`([^`]+)`", cell):
            check_test_exists(test)


def check_test_exists(test):
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / path).read_text(), test


def test_readme_leads_to_it():
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/config", "/theme.css", "/gradio_api/file=/etc/passwd", "/nowhere", "/gradio_api/proxy=x"]
)
def test_every_answer_has_the_headers(served_page, path):
    answer = httpx.get(served_page + path)
    wanted = {"content-security-policy": build_policy(), **HEADERS}
    assert {name: answer.headers.get_list(name) for name in wanted} == {n: [v] for n, v in wanted.items()}


def test_refused_body_has_them_too(served_page):
    connection = HTTPConnection(served_page.removeprefix("http://"), timeout=HANG_SECONDS)
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(MAX_UPLOAD_BYTES + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.headers["content-security-policy"] == build_policy()
    connection.close()


def test_policy_allows_no_other_host_but_for_the_frame_of_a_space():
    hosts = {name: re.findall(r"https?:\S*|\*\S*", value) for name, value in CONTENT_POLICY.items()}
    assert not any(hosts.values())
    assert CONTENT_POLICY["default-src"] == CONTENT_POLICY["frame-ancestors"] == "'self'"
    assert build_policy(SPACE_FRAMES).endswith(
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
    )


# Files and addresses


@pytest.mark.parametrize(
    "path",
    [
        "file=/etc/passwd",
        "file=../../../../etc/passwd",
        "file=pyproject.toml",
        "file=checkpoints/../pyproject.toml",
        f"file={ROOT}/checkpoints/../pyproject.toml",
        f"file={ROOT}/checkpoints/%2e%2e/pyproject.toml",
        f"file={ROOT}/app/main.py",
        f"file={ROOT}/checkpoints",
        "file=file:///etc/passwd",
        "file=http://outside.invalid/x",
        "file=https://outside.invalid/x",
        "file/http://outside.invalid/x",
        "proxy=http://outside.invalid/x",
        "proxy=outside.invalid/x",
    ],
)
def test_only_checkpoints_and_runs_are_handed_out(served_page, asked_hosts, path):
    answer = httpx.get(f"{served_page}/gradio_api/{path}")
    assert answer.status_code in (400, 403, 404)
    assert "root:" not in answer.text
    assert "[project]" not in answer.text
    assert asked_hosts.read_text() == ""


def test_address_in_a_request_is_not_fetched(served_page, asked_hosts):
    """Gradio downloads a file whose path is an address, for whichever component the file is said to be."""
    file = {"path": "http://outside.invalid/x.png", "meta": {"_type": "gradio.FileData"}}
    for function in httpx.get(f"{served_page}/config").json()["dependencies"]:
        if function.get("api_name") in ("on_upload", "predict"):
            data = {"data": [file] * len(function["inputs"]), "fn_index": function["id"], "session_hash": "s"}
            assert httpx.post(f"{served_page}/gradio_api/queue/join", json=data).status_code == 200
    with httpx.stream(
        "GET", f"{served_page}/gradio_api/queue/data?session_hash=s", timeout=HANG_SECONDS
    ) as events:
        lines = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    done = [line for line in lines if line["msg"] == "process_completed"]
    assert len(done) == 2
    assert not any(line["success"] for line in done)
    assert asked_hosts.read_text() == ""


@pytest.mark.parametrize("way", ["call", "call/v2", "run", "api", "component_server", "upload"])
def test_address_is_fetched_on_no_other_way_either(served_page, asked_hosts, way):
    host = "http://outside.invalid/x.png"
    file = {"path": host, "url": host, "orig_name": "x.png",
            "meta": {"_type": "gradio.FileData"}}  # fmt: skip
    address, body = f"{served_page}/gradio_api/{way}/predict", {"data": [None, file, "mlp", False]}
    if way == "call/v2":
        body = {"image": file}
    elif way == "component_server":
        config = httpx.get(f"{served_page}/config").json()
        (pad,) = (part for part in config["components"] if part["props"].get("elem_id") == "pad")
        address = f"{served_page}/gradio_api/component_server"
        body = {"component_id": pad["id"], "fn_name": pad["props"]["server_fns"][0], "data": file,
                "session_hash": "s"}  # fmt: skip
    elif way == "upload":
        address, body = f"{served_page}/gradio_api/upload", file
    answer = httpx.post(address, json=body, timeout=HANG_SECONDS)
    if way.startswith("call") and answer.status_code == 200:
        answer = httpx.get(
            f"{served_page}/gradio_api/call/predict/{answer.json()['event_id']}", timeout=HANG_SECONDS
        )
        assert "event: error" in answer.text
    assert "outside.invalid" not in answer.text
    assert asked_hosts.read_text() == ""


def test_watch_notices_a_host_that_is_asked_for(tmp_path):
    asked = tmp_path / "asked.txt"
    asked.touch()
    program = (
        "import socket\n"
        "for ask in (lambda: socket.getaddrinfo('outside.invalid', 80), "
        "lambda: socket.create_connection(('127.0.0.1', 1)), "
        "lambda: socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))):\n"
        "    try: ask()\n"
        "    except OSError: pass\n"
    )
    watched = {"PYTHONPATH": str(ROOT / "tests" / "watched"), "GLASSBOX_ASKED_HOSTS": str(asked)}
    subprocess.run([sys.executable, "-c", program], env={**os.environ, **watched}, check=True)
    assert asked.read_text() == "socket.getaddrinfo outside.invalid\nsocket.connect 192.0.2.1\n"


def test_name_of_an_upload_leads_nowhere(served_page, served_runs):
    name = '../../../<img src=x onerror="alert(1)">\\..\\evil.png'
    answer = httpx.post(f"{served_page}/gradio_api/upload", files={"files": (name, b"x")})
    (path,) = answer.json()
    assert ".." not in Path(path).parts
    assert "<" not in path
    assert Path(path).parent.parent == served_runs.with_name("uploads") / "glassbox-uploads"
    assert re.fullmatch(r"[0-9a-f]{32}", Path(path).parent.name)


# Limits that no other test meets


def test_json_nested_without_end_is_refused_and_the_server_goes_on(served_page):
    for path in ("call/descend", "component_server/", "queue/join"):
        answer = httpx.post(
            f"{served_page}/gradio_api/{path}",
            content=b'{"data": ' + b"[" * 200_000,
            headers={"content-type": "application/json"},
        )
        assert 400 <= answer.status_code < 500, path
    assert httpx.get(f"{served_page}/config").status_code == 200


def test_so_many_runs_are_looked_at_and_no_more():
    ids = {f"{number:032x}": None for number in range(MAX_ASKED_RUNS + 1)}
    assert "error" in look({"runs": ids, "focus": "", "view": False})
    ids.popitem()
    assert len(look({"runs": ids, "focus": "", "view": False})["gone"]) == MAX_ASKED_RUNS


def test_side_of_a_pad_has_an_end():
    (drawing,) = draw_digits(1)
    prepare_drawings([{**drawing, "size": MAX_SIDE_PX}])
    with pytest.raises(ValueError, match="1 to 10,000"):
        prepare_drawings([{**drawing, "size": MAX_SIDE_PX + 1}])


def test_side_of_a_typed_image_has_an_end():
    row = "1 " * MAX_GRID_SIDE
    assert read_grid(row, "It", MAX_GRID_SIDE).shape == (1, MAX_GRID_SIDE)
    with pytest.raises(ValueError, match="16"):
        read_grid(row + "1", "It", MAX_GRID_SIDE)


@pytest.mark.parametrize(
    ("link", "query", "name"),
    [(race_link, {"problem": "beale"}, "steps"), (window_link, {"picture": "digit"}, "grid")],
)
def test_text_of_a_link_has_an_end(link, query, name):
    text = "1".zfill(link.MAX_QUERY_LETTERS)
    if link is window_link:
        assert link.read_query({**query, name: text}).grid == text
    with pytest.raises(ValueError, match="letters: at most"):
        link.read_query({**query, name: "0" + text})


def test_field_that_is_moved_by_hand_has_an_end():
    text = "0" * MAX_FIELD_LETTERS
    assert MOVED_FIELDS["w0"](text) == text
    with pytest.raises(ValueError, match="at most 400"):
        MOVED_FIELDS["w0"](text + "0")


def test_so_many_runs_stand_side_by_side_and_no_more():
    ids = [f"{number:032x}" for number in range(MAX_RUNS + 1)]
    example = SHIPPED_FOLDER / "example-run"
    first, *_, last = (example / "events.jsonl").read_text().splitlines(keepends=True)
    for run_id in ids:
        folder = find_runs_folder() / run_id
        folder.mkdir()
        shutil.copy(example / "config.json", folder)
        (folder / "events.jsonl").write_text(first + last)
    assert [run["id"] for run in show_comparison(ids)["runs"]] == ids[:MAX_RUNS]
