"""Paths of properties as the engine writes them: names with dots between them, and indexes of lists in brackets."""

from __future__ import annotations

import re

MEMBER = r"\[\d+\]"
"""Expression of the index of one member."""


def without_indexes(path: str) -> str:
    """Return a path as it is for every member of its lists."""
    return re.sub(MEMBER, "", path)
