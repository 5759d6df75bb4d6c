"""What a browser is given to install the page as an app: a manifest, icons and colours."""

import json
import urllib.request

import pytest
from PIL import Image

from app.server.draw_icons import save_icons
from app.server.web_app import HEAD_TAGS, ICONS_FOLDER, MANIFEST
from app.theme import build_theme
from tests.waiting import HANG_SECONDS


def fetch(address):
    with urllib.request.urlopen(address, timeout=HANG_SECONDS) as answer:
        return answer.headers.get_content_type(), answer.read()


def test_manifest_says_what_an_installation_needs(served_page):
    kind, body = fetch(f"{served_page}/manifest.json")
    manifest = json.loads(body)
    assert kind == "application/manifest+json"
    assert manifest == MANIFEST
    assert (manifest["name"], manifest["short_name"], manifest["display"]) == ("Glassbox",) * 2 + (
        "standalone",
    )
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip


def test_icons_are_served_in_the_sizes_that_are_promised(served_page, tmp_path):
    for icon in MANIFEST["icons"]:
        kind, body = fetch(f"{served_page}/{icon['src']}")
        (tmp_path / "icon.png").write_bytes(body)
        assert kind == icon["type"]
        assert "x".join(map(str, Image.open(tmp_path / "icon.png").size)) == icon["sizes"]
    kind, body = fetch(f"{served_page}/favicon.ico")
    (tmp_path / "favicon.ico").write_bytes(body)
    assert kind in ("image/x-icon", "image/vnd.microsoft.icon")
    assert (16, 16) in Image.open(tmp_path / "favicon.ico").ico.sizes()


def test_icons_are_what_their_script_draws(tmp_path):
    save_icons(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        path.name for path in ICONS_FOLDER.iterdir()
    )
    for path in ICONS_FOLDER.glob("*.png"):
        drawn, kept = Image.open(tmp_path / path.name), Image.open(path)
        assert drawn.size == kept.size
        # Another version of Pillow may round an edge's pixels otherwise.
        assert [round(mean) for mean in drawn.resize((1, 1)).getpixel((0, 0))] == pytest.approx(
            kept.resize((1, 1)).getpixel((0, 0)), abs=2
        )


def test_colours_are_those_of_both_themes():
    theme = build_theme()
    assert f'light)" content="{theme.neutral_50}"' in HEAD_TAGS
    assert f'dark)" content="{theme.neutral_950}"' in HEAD_TAGS
