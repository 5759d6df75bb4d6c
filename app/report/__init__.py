"""The report: cards of what was seen on the page, with one's own words, to take home."""
