"""The ids of sections: what the page's contents list and its addresses find them by."""

import re

ANSWERS = "gb-answers"  # the class of a section that answers an exercise: `&solutions=off` locks it
_SUFFIX = "-section"  # what a section shows may have the plain name as its own id


def name_section(title: str, place: str = "") -> str:
    """Return a section's id, made of its title up to the first colon or question mark.

    `?tab=runs&open=question-4` opens the section whose id is `question-4-section`.

    Args:
        title: As it stands on the page, such as "Question 4: why does the first image change?"; or a text
            that begins with its heading.
        place: Where the section stands, if others are called the same.
    """
    head = re.split(r"[:?]", title, maxsplit=1)[0]
    return "-".join(re.findall(r"[a-z0-9]+", f"{place} {head}".lower())) + _SUFFIX


def name_in_address(title: str, place: str = "") -> str:
    """Return what a section is called in `open=` of the page's address; see `name_section`."""
    return name_section(title, place).removesuffix(_SUFFIX)
