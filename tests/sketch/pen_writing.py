"""Files of pen digits that tests write, as UCI and others distribute them."""

import gzip
import json

import numpy as np

from models.data.strokes import sample_strokes


def write_unipen(path, strokes_by_digit, y_up=True):
    """Write digits as UCI's file has them: whole numbers, y upwards, a segment for each."""
    lines = ['.INCLUDE dene.doc\n\n.LEXICON "0" "1"\n.HIERARCHY DIGIT\n']
    for number, (label, strokes) in enumerate(strokes_by_digit):
        lines.append(f'.SEGMENT DIGIT {number:4} ? "{label}"\n.COMMENT {label} {12 + number % 3}  224')
        for stroke in strokes:
            points = [f" {x:4.0f} {500 - y if y_up else y:4.0f}" for x, y in stroke]
            lines += [".PEN_DOWN", *points, ".PEN_UP", ".DT 100"]
        lines.append("")
    path.write_text("\n".join(lines))
    return path


def write_json(path, strokes_by_digit):
    """Write the same as lines of JSON, y downwards, compressed."""
    entries = [
        {
            "label": label,
            "writer": 12 + number % 3,
            "strokes": [np.round(stroke).tolist() for stroke in strokes],
        }
        for number, (label, strokes) in enumerate(strokes_by_digit)
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, entries)).encode()))
    return path


def write_digits(num=60):
    """Digits on a tablet of about 500 units a side: their labels and strokes."""
    rng = np.random.default_rng(7)
    return [(i % 10, [stroke * 300 + 100 for stroke in sample_strokes(i % 10, rng)]) for i in range(num)]
