"""Draws the pictures of docs/tour.md anew: `python -m tests.harness.tour`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.harness.tour.pictures import FOLDER, PICTURES, pictures

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        drawn = pictures(Path(scratch))
    FOLDER.mkdir(exist_ok=True)
    for name, text in drawn.items():
        (FOLDER / f"{name}.svg").write_text(text, encoding="utf-8")
    for path in FOLDER.glob("*.svg"):
        if path.stem not in PICTURES:
            path.unlink()
