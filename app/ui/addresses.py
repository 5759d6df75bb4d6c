"""The scripts by which the page's address follows the settings of a tab or lab (see `history.js`)."""

import json
from collections.abc import Mapping
from typing import Any


def follow_settings(owner: str, opening: Mapping[str, Any]) -> str:
    """Return the `js` of an event whose inputs are settings: the address names those not as at first.

    Args:
        owner: The tab, or tab and lab or bench, as in "inspection/network".
        opening: What the settings are at first, by their names in the address, in the order of the inputs.
    """
    return f"""(...values) => {{
  const query = new URLSearchParams();
  Object.entries({json.dumps(dict(opening))}).forEach(([name, first], place) => {{
    const value = values[place] ?? first;
    if (value !== first) query.append(name, value);
  }});
  window.glassboxPlaces?.follow({json.dumps(owner)}, `${{query}}`);
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
