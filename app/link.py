"""The page's own part of a link: its tab, and what in it no part of the page knows.

Each tab reads the parameters that are its own; what is wrong with one's value is said where it is read.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import parse_qsl

import app.descent.link as race
import app.descent.perceptron.link as perceptron
import app.descent.plane.link as plane
import app.inspection.window.link as window
import app.lab.lessons.reader as lessons
import app.runs.link as runs
from app.descent.plane.components.plane_depth import SIZES
from app.descent.view import CHART, CHARTS
from app.runs.section_links import SECTION_NAMES, STEP_NETWORK
from app.sketchpad.tab import OPENING
from app.sketchpad.why import PATCHES_PX
from models.training.one_step import SHOWN_NETWORKS

# By the names that addresses have, in the order of the page.
TABS = {
    "descent": "Gradient descent",
    "inspection": "Conv & pool",
    "runs": "Training runs",
    "sketchpad": "Sketchpad",
}
LABS = ("window", "network", "microscope", "architecture")
BENCHES = ("steps", "network")
# The settings of a section alone, each a parameter (`SECTION_PARAMETERS` of address.js), and where it counts.
OF_SECTIONS = {
    CHART: "tab=descent",
    perceptron.NAME: "tab=descent",
    "depths": "tab=descent&bench=network",
    **dict.fromkeys(SECTION_NAMES, "tab=runs"),
    "patch": "tab=sketchpad",
}
# What a link names with one tab, or one lab or bench of it, alone; of a name in several, the last is told.
_OF_STAGES: dict[str, list[str]] = {
    "tab=descent": [],
    "tab=descent&bench=network": plane.list_names(),
    "tab=runs": runs.list_names(),
    "tab=sketchpad": list(OPENING),
    "tab=inspection&lab=network": ["checkpoint", "source", "index"],
    "tab=inspection&lab=microscope": [
        "checkpoint", "source", "index", "mode", "layer", "seed", "norm_layer", "channel",
    ],
    "tab=inspection&lab=architecture": ["network"],
}  # fmt: skip
_OWN = {
    place: [*names, *(name for name, where in OF_SECTIONS.items() if where == place)]
    for place, names in _OF_STAGES.items()
}
# Of these another value than one of the list is as if nothing stood there.
_CHOICES = {
    CHART: CHARTS,
    "depths": list(SIZES),
    STEP_NETWORK: list(SHOWN_NETWORKS),
    "patch": [str(side) for side in PATCHES_PX],
}
_EVERYWHERE = ["tab", "lab", "bench", "open", "run", "layers", "solutions", "lesson", "step"]
_MAX_NAMED = 5
_MAX_LETTERS = 40
# Gradio's own, Hugging Face's, and what others append to count their visitors.
_FOREIGN = ("__", "utm_", "view", "footer", "deep_link", "fbclid", "gclid")


def explain_unused(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Say of each parameter of a link that is not used what is shown instead, in a sentence each.

    Args:
        pairs: The parameters, each (name, value), in the order of the link.
    """
    pairs = list(pairs)
    query = dict(pairs)  # as every tab reads it: the last one counts
    here = {"tab": next(iter(TABS))} | query
    where = [place for place in _OWN if set(parse_qsl(place)) <= set(here.items())]
    own = [name for place in where for name in _OWN[place]]
    elsewhere = {name: place for place, names in _OWN.items() for name in names}
    known = [*_EVERYWHERE, *race.list_names(), *window.list_names(), *own]
    told = []
    if "tab" in query and query["tab"] not in TABS:
        told.append(
            f"There is no tab {_quote(query['tab'])}, so {next(iter(TABS.values()))} is shown. "
            f"The tabs are {', '.join(list(TABS)[:-1])} and {list(TABS)[-1]}."
        )
    names = [name for name, _ in pairs]
    told += [
        f"{_quote(name)} stands there more than once: the last one is used."
        for name in dict.fromkeys(names)
        if name in known and names.count(name) > 1
    ]
    if query.get("lab", LABS[0]) not in LABS:
        told.append(
            f"There is no lab {_quote(query['lab'])}, so {LABS[0]} is shown. The labs are "
            f"{', '.join(LABS[:-1])} and {LABS[-1]}."
        )
    if query.get("bench", BENCHES[0]) not in BENCHES:
        told.append(
            f"There is no bench {_quote(query['bench'])}, so {BENCHES[0]} is shown. The benches are "
            f"{' and '.join(BENCHES)}."
        )
    told += [
        f"{_quote(name)} is {_quote(query[name])}, none of {', '.join(choices)}: the opening is shown."
        for name, choices in _CHOICES.items()
        if name in own and query.get(name, choices[0]) not in choices
    ]
    unknown = [name for name in query if name not in known and not name.startswith(_FOREIGN)]
    told += [_explain_unknown(name, known, elsewhere.get(name)) for name in unknown[:_MAX_NAMED]]
    if len(unknown) > _MAX_NAMED:
        told.append(f"{len(unknown) - _MAX_NAMED:,} more are left out.")
    others = {name: value for name, value in query.items() if name not in own}
    return told + race.explain_unused(others) + window.explain_unused(others) + lessons.explain_unused(query)


def _explain_unknown(name: str, known: list[str], place: str | None) -> str:
    if place is not None:
        return f"{_quote(name)} counts only together with {place}, and is left out."
    close = get_close_matches(name[:_MAX_LETTERS], known, 1)
    remedy = f" Is {_quote(close[0])} meant?" if close else ""
    return f"{_quote(name)} is no setting of this page and is left out.{remedy}"


def _quote(text: str) -> str:
    return f"“{text[:_MAX_LETTERS]}”"
