"""Random damage to the files of a run: what a full disk, a crash, an editor or a stranger can leave."""

import json

from hypothesis import strategies as st

FILES = (
    "config.json", "meta.json", "events.jsonl", "checkpoint.safetensors", "test.npz", "epochs",
    "epochs/000.safetensors", "epochs/001.safetensors", "log.txt", "lock", "stop",
)  # fmt: skip
DEEP = "[" * 50_000
BAD_VALUES = (
    "null", "true", "-1", "0", "0.5", "1e308", "1e999", "NaN", "-Infinity", "9" * 400, "9" * 5_000, '""',
    '"x"', r'"\ud800"', r'"\u0000<img src=x onerror=alert(1)>"', "[]", "{}", "[[[]]]",
    f"{DEEP}{']' * 50_000}", '{"network": {}}', '"mnist"', "1e-320", '"' + "long" * 5_000 + '"',
)  # fmt: skip


def list_places(value, path=()):
    """Return the way to every value within a value of JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in list_places(each, (*path, key)))]


def change_at(value, place, change, bad):
    """Return JSON text of a value in which one place is another, is gone, or is not alone."""
    if not place:
        return bad if change != "add" or not isinstance(value, dict) else json.dumps(value | {"later": 1})
    marker = "<here>"
    copy = json.loads(json.dumps(value))
    *outer, last = place
    inner = copy
    for key in outer:
        inner = inner[key]
    if change == "drop":
        del inner[last]
    elif change == "add" and isinstance(inner, dict):
        inner["later"] = 1
    else:
        inner[last] = marker
    return json.dumps(copy).replace(json.dumps(marker), bad)


@st.composite
def edits(draw):
    """What is done to a file of a run: its name, words for it, and a function that does it in a folder."""
    name = draw(st.sampled_from(FILES))
    kinds = ["delete", "folder", "link", "loop", "replace", "cut", "flip", "insert"]
    if name.endswith((".json", ".jsonl")):
        kinds += ["value", "value", "value", "value"]
    kind = draw(st.sampled_from(kinds))
    share, bits = draw(st.floats(0, 1)), draw(st.integers(1, 255))
    bad = draw(st.sampled_from(BAD_VALUES))
    change = draw(st.sampled_from(["set", "drop", "add"]))

    def apply(folder):
        path = folder / name
        if not path.parent.is_dir():  # an earlier edit has put a file in its place
            return
        content = path.read_bytes() if path.is_file() else b""
        if kind == "value":
            change_value(path, content, share, change, bad)
            return
        remove(path)
        if kind == "folder":
            path.mkdir()
        elif kind in ("link", "loop"):
            path.symlink_to(path if kind == "loop" else folder / "nowhere")
        elif kind == "replace":
            path.write_text(bad)
        elif kind != "delete":
            at = int(share * max(0, len(content) - 1))
            rest = {
                "cut": b"",
                "flip": bytes(byte ^ bits for byte in content[at : at + 1]) + content[at + 1 :],
            }
            inside = rest.get(kind, bytes([bits]) * bits + content[at:])
            path.write_bytes(content[:at] + inside)

    return name, kind, change, bad[:30], apply


def change_value(path, content, share, change, bad):
    """Change one value of a file of JSON, or of one line of it."""
    lines = content.splitlines() if path.suffix == ".jsonl" else [content]
    if not lines:
        return
    number = int(share * (len(lines) - 1))
    try:
        value = json.loads(lines[number])
    except (ValueError, RecursionError):
        return
    places = list_places(value)
    lines[number] = change_at(value, places[int(share * 997) % len(places)], change, bad).encode()
    path.write_bytes(b"\n".join(lines) + b"\n")


def remove(path):
    """Remove a file, a link or a folder of files."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            remove(inner)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
