"""The check at the start: what has changed in Gradio is named."""

import gradio as gr
import pytest

from app.server.gradio_patches import check
from app.server.gradio_patches.check import PATCHES, PatchError, check_patches


def test_patches_fit_the_gradio_that_is_installed(page, capsys):
    check_patches(page)
    assert capsys.readouterr().err == ""


CHANGES = [
    {"relies_on": ("page.gone",)},
    {"relies_on": ("gradio.utils.get_upload_folder(user)",)},
    {"relies_on": ("gradio.gone.name",)},
    {"addresses": ("/gradio_api/gone",)},
]
# Each change in one patch, and each other patch with one of them.
CASES = [(PATCHES[0], changed) for changed in CHANGES] + [(patch, CHANGES[0]) for patch in PATCHES[1:]]


@pytest.mark.parametrize(("patch", "changed"), CASES, ids=lambda case: getattr(case, "name", None))
def test_what_has_changed_is_named_with_patch_and_version(page, monkeypatch, capsys, patch, changed):
    monkeypatch.setattr(check, "PATCHES", (patch._replace(**changed),))
    if patch.is_needed:
        with pytest.raises(PatchError) as error:
            check_patches(page)
        told = str(error.value)
    else:
        check_patches(page)
        told = capsys.readouterr().err
    (name,) = next(iter(changed.values()))
    assert all(text in told for text in (gr.__version__, f"“{patch.name}”", name, patch.without))


def test_nothing_is_asked_of_a_package_that_is_not_installed(page, monkeypatch):
    patch = PATCHES[0]._replace(relies_on=("page.gone",), package="no_such_package")
    monkeypatch.setattr(check, "PATCHES", (patch,))
    check_patches(page)
