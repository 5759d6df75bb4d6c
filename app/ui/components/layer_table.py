"""A table of what the layers of a network go through: a bar for each number, a line over all moments."""


def write_layer_table(label: str) -> str:
    """Write its HTML, within an element of the class `gb-layers` that has `.gb-layers-findings` too.

    `createLayerTable` of layer_table.js fills both, layer_table.css lays them out.

    Args:
        label: What the table shows, for screen readers.
    """
    return f"""
    <table role="table" aria-label="{label}">
      <thead role="rowgroup"><tr role="row">
        <th role="columnheader" scope="col">Layer</th>
        <th role="columnheader" scope="col">Gradient</th>
        <th role="columnheader" scope="col">Update ÷ weight</th>
        <th role="columnheader" scope="col">Dead or saturated</th>
        <th role="columnheader" scope="col">Spread of activations</th>
      </tr></thead>
      <tbody role="rowgroup"></tbody>
    </table>"""
