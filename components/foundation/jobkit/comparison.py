"""Whether what exists is what is desired, although the server adds defaults and writes values its own way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_TIME = re.compile(r"(\d+(?:\.\d+)?)(nanos|micros|ms|s|m|h|d)")
_SECONDS = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400}


def covers(actual: object, desired: object) -> bool:
    """Return whether everything desired is there; keys that only the server has are its defaults.

    Settings come back as strings, nested where they were given dotted, and 48h as 2d: none of that is a difference.
    """
    if isinstance(desired, dict):
        if not isinstance(actual, dict):
            return not desired and not actual
        there, wanted = flat(actual), flat(desired)
        return all(key in there and covers(there[key], value) for key, value in wanted.items())
    if isinstance(desired, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(desired)
            and all(covers(one, other) for one, other in zip(actual, desired, strict=True))
        )
    return _scalar(actual) == _scalar(desired)


def equals(actual: Mapping[str, Any], desired: Mapping[str, Any], *, ignored: Collection[str] = ()) -> bool:
    """Return whether nothing is there beyond what is desired, but for empty values and the ignored keys.

    For rights: a permission that someone added by hand must not look like a default of the server.
    """
    keys = (set(actual) | set(desired)) - set(ignored)
    return all(_same(actual.get(key), desired.get(key)) for key in keys)


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a tree of objects as one level with dotted keys; an empty object stays as a leaf."""
    leaves: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            leaves |= flat(value, f"{prefix}{key}.")
        else:
            leaves[f"{prefix}{key}"] = value
    return leaves


def _same(actual: object, desired: object) -> bool:
    if not actual and not desired:
        return True
    if isinstance(actual, dict) and isinstance(desired, dict):
        return equals(actual, desired)
    if isinstance(actual, list) and isinstance(desired, list):
        if all(isinstance(item, str) for item in (*actual, *desired)):
            # Names in a right have no order.
            return sorted(actual) == sorted(desired)
        return len(actual) == len(desired) and all(map(_same, actual, desired))
    return actual == desired


def _scalar(value: object) -> object:
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    time = _TIME.fullmatch(text)
    # Rounded: "1.5d" and "36h" are one duration, whatever floats make of them.
    return round(float(time[1]) * _SECONDS[time[2]], 6) if time else text
