"""The lab as a notebook to take home: text, code and exercises in the order of the course."""
