"""Which handlers read the page's address, and the scripts by which it follows the settings (`history.js`)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Reading:
    """What a handler of the page's load goes by: where there is none of it, the browser does not ask.

    Attributes:
        names: The parameters of the page's address, one of which it must have; none where any will do.
        stored: What the browser may have kept under these keys, any of which is reason enough too.
        usual: The values of a parameter, by its name, that tell the handler nothing.
    """

    names: Sequence[str] = ()
    stored: Sequence[str] = ()
    usual: Mapping[str, Sequence[str]] = field(default_factory=dict)


def reads_address(
    *names: str, stored: Sequence[str] = (), usual: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Callable[[Handler], Handler]:
    """Say of a handler of the page's load that it changes nothing where there is nothing of its `Reading`.

    There the browser does not ask it. What follows it in a chain happens all the same.
    """

    def note(handler: Handler) -> Handler:
        handler.reading = Reading(names, stored, dict(usual))  # type: ignore[attr-defined]
        return handler

    return note


def follow_settings(owner: str, opening: Mapping[str, Any]) -> str:
    """Return the `js` of an event whose inputs are settings: the address names those not as at first.

    Args:
        owner: The tab, or tab and lab or bench, as in "inspection/network".
        opening: What the settings are at first, by their names in the address, in the order of the inputs;
            of a list, the values stand there with commas between them.
    """
    return f"""(...values) => {{
  const query = new URLSearchParams();
  Object.entries({json.dumps(dict(opening))}).forEach(([name, first], place) => {{
    const value = String(values[place] ?? first); // of a list: with commas
    if (value !== String(first)) query.append(name, value);
  }});
  window.glassboxPlaces?.follow({json.dumps(owner)}, `${{query}}`);
}}"""


def follow_parameter(owner: str, name: str, opening: Sequence[Any]) -> str:
    """Return the `js` of an event whose inputs are the settings of a section, which are one parameter.

    Args:
        owner: The tab, or tab and lab or bench.
        name: The parameter, one of `SECTION_PARAMETERS` in address.js; the values have colons between them.
        opening: The values at first, with which the address does not name it.
    """
    return f"""(...values) => {{
  if (values.includes(null)) return; // an empty field
  const [text, first] = [values, {json.dumps(list(opening))}].map((each) => each.join(":"));
  const query = new URLSearchParams(text === first ? [] : [[{json.dumps(name)}, text]]);
  window.glassboxPlaces?.follow({json.dumps(owner)}, `${{query}}`, {json.dumps(name)});
}}"""


def follow_query(owner: str, opening: str = "") -> str:
    """Return the `js` of an event whose input is a tab's query, or a link that ends in it.

    Args:
        owner: The tab, or tab and lab or bench.
        opening: The query of the opening, for which the address names no setting.
    """
    return f"""(link) => {{
  const query = link.split("?").pop().replace(/^tab=\\w+&(bench=\\w+&)?/, "");
  window.glassboxPlaces?.follow({json.dumps(owner)}, query === {json.dumps(opening)} ? "" : query);
}}"""
