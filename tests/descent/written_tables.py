"""Tables as the page writes them, read back."""


def read_table(text):
    """Return the rows of the last Markdown table in a text, without its head."""
    lines = [line for line in text.rpartition("\n\n")[2].splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines[2:]]
