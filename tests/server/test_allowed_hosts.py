"""Under which names a page is served: those that nobody can lead elsewhere, and those that it was told."""

import socket

import pytest

from app.cli import main
from app.server.allowed_hosts import VARIABLE, Authority, read_allowed_hosts, read_authority
from app.server.security_headers import FRAMES_VARIABLE, SPACE_FRAMES, build_policy, read_frame_ancestors

LOOPBACK = ["localhost", "glassbox.localhost", "127.0.0.1", "127.1.2.3", "::1"]
FOREIGN = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil-localhost", "evil.local"]


@pytest.fixture(autouse=True)
def own_variables(monkeypatch):
    for name in (VARIABLE, FRAMES_VARIABLE, "SPACE_HOST", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "gethostname", lambda: "Teacher.lab.example.edu")
    monkeypatch.setattr("app.main.launch_app", lambda **_: None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("localhost", ("localhost", None)),
        ("LocalHost.:7860", ("localhost", 7860)),
        ("[::1]:80", ("::1", 80)),
        ("[0:0::1]", ("::1", None)),
        ("evil.example@localhost", None),
        ("localhost:7860:1", None),
        ("localhost/evil.example", None),
        ("[evil]", None),
        ("[::1", None),
        ("::1", None),
        ("", None),
        ("lôcalhost", None),
    ],
)
def test_host_of_a_request_is_read(text, read):
    assert read_authority(text) == (read and Authority(*read))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_server_for_its_own_machine_knows_loopback_names_alone(host):
    allowed = read_allowed_hosts(host)
    assert all(allowed.include(name) for name in LOOPBACK)
    assert not any(
        allowed.include(name) for name in [*FOREIGN, "192.0.2.7", "0.0.0.0", "teacher.lab.example.edu"]
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "served.example.edu"])
def test_server_for_a_class_knows_addresses_and_its_machines_names(host):
    allowed = read_allowed_hosts(host)
    machine = ["192.0.2.7", "2001:db8::7", "teacher", "teacher.local", "teacher.lab.example.edu"]
    assert all(allowed.include(name) for name in [*LOOPBACK, *machine])
    assert not any(allowed.include(name) for name in [*FOREIGN, "teacher.evil.example", "lab.example.edu"])
    assert allowed.include("served.example.edu") == (host == "served.example.edu")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_names_that_the_server_was_told_are_its_own(monkeypatch, host):
    monkeypatch.setenv(VARIABLE, "Lab.example.edu., *.school.example 192.0.2.9,[2001:db8::9]")
    allowed = read_allowed_hosts(host)
    told = ["lab.example.edu", "a.school.example", "a.b.school.example", "192.0.2.9", "2001:db8::9"]
    assert all(allowed.include(name) and allowed.include_told(name) for name in told)
    assert not any(
        allowed.include(name)
        for name in [*FOREIGN, "school.example", "evilschool.example", "x.lab.example.edu"]
    )


def test_star_lets_everybody_ask(monkeypatch):
    monkeypatch.setenv(VARIABLE, "*")
    allowed = read_allowed_hosts("127.0.0.1")
    assert allowed.allow_every_host()
    assert allowed.include("evil.example")


def test_space_knows_its_own_names_by_itself(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "someone-glassbox.hf.space,lab.example.edu")  # the second is its owner's
    allowed = read_allowed_hosts("0.0.0.0")
    assert all(allowed.include_told(name) for name in ("someone-glassbox.hf.space", "lab.example.edu"))
    assert not allowed.include("evil.example")
    other = "other.hf.space"  # as a name it leads here only if Hugging Face lets it; its pages are foreign
    assert allowed.include(other)
    assert not allowed.include_told(other)
    monkeypatch.delenv("SPACE_HOST")
    assert not read_allowed_hosts("0.0.0.0").include(other)


# Frames


def test_nobody_may_show_the_page_in_a_frame_unless_named(monkeypatch):
    assert read_frame_ancestors() == ()
    assert build_policy().endswith("frame-ancestors 'self'")
    monkeypatch.setenv(
        FRAMES_VARIABLE, "https://Moodle.example.edu/, http://localhost:8888  https://*.school.example"
    )
    sites = ("https://moodle.example.edu/", "http://localhost:8888", "https://*.school.example")
    assert read_frame_ancestors() == sites
    assert build_policy(sites).endswith(f"frame-ancestors 'self' {' '.join(sites)}")


def test_hub_may_show_its_space_in_a_frame(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "someone/glassbox")
    monkeypatch.setenv(FRAMES_VARIABLE, "https://moodle.example.edu")
    assert read_frame_ancestors() == (*SPACE_FRAMES, "https://moodle.example.edu")


# Mistakes


@pytest.mark.parametrize(
    "text", ["https://lab.example.edu", "lab.example.edu:7860", "*.", "a..b", "*lab", "lab/x"]
)
@pytest.mark.parametrize("is_option", [True, False])
def test_name_that_is_none_is_told_in_a_sentence_at_the_start(monkeypatch, capsys, text, is_option):
    monkeypatch.setenv(VARIABLE, "lab.example.edu" if is_option else text)
    assert main(["--no-open", *(["--allowed-host", text] if is_option else [])]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert f"{text!r} in GLASSBOX_ALLOWED_HOSTS or --allowed-host" in error
    assert "lab.example.edu, *.example.edu or *" in error


@pytest.mark.parametrize(
    "text",
    ["moodle.example.edu", "*", "'none'", "https://a;script-src", "https://a/x", "ftp://a", "https://"],
)
def test_site_that_is_none_is_told_in_a_sentence_at_the_start(monkeypatch, capsys, text):
    monkeypatch.setenv(FRAMES_VARIABLE, f"https://moodle.example.edu {text}")
    assert main(["--no-open"]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert f"{text!r} in GLASSBOX_FRAME_ANCESTORS" in error
    assert "https://moodle.example.edu or http://localhost:8888" in error


def test_options_add_to_the_variable(monkeypatch):
    monkeypatch.setenv(VARIABLE, "lab.example.edu")
    assert main(["--no-open", "--allowed-host", "a.example", "--allowed-host", "*.b.example"]) == 0
    allowed = read_allowed_hosts("127.0.0.1")
    assert allowed.told == ("lab.example.edu", "a.example", "*.b.example")
