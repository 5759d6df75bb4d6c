"""The page's own part of a link: its tab, and what in it no part of the page knows.

Each tab reads the parameters that are its own; what is wrong with one's value is said where it is read.
"""

from collections.abc import Iterable
from difflib import get_close_matches

import app.descent.link as race
import app.inspection.window.link as window
import app.lab.lessons.reader as lessons

# By the names that addresses have, in the order of the page.
TABS = {
    "descent": "Gradient descent",
    "inspection": "Conv & pool",
    "runs": "Training runs",
    "sketchpad": "Sketchpad",
}
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
    known = ["tab", "run", "layers", "solutions", "lesson", "step", *race.list_names(), *window.list_names()]
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
    unknown = [name for name in query if name not in known and not name.startswith(_FOREIGN)]
    told += [_explain_unknown(name, known) for name in unknown[:_MAX_NAMED]]
    if len(unknown) > _MAX_NAMED:
        told.append(f"{len(unknown) - _MAX_NAMED:,} more are left out.")
    return told + race.explain_unused(query) + window.explain_unused(query) + lessons.explain_unused(query)


def _explain_unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name[:_MAX_LETTERS], known, 1)
    remedy = f" Is {_quote(close[0])} meant?" if close else ""
    return f"{_quote(name)} is no setting of this page and is left out.{remedy}"


def _quote(text: str) -> str:
    return f"“{text[:_MAX_LETTERS]}”"
