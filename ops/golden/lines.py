"""A declared value as lines: one per fact, keys sorted, lists of named things by their names."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place

WIDTH = 160
"""Characters of a value that still stands in one line; what is longer is taken apart."""


ONE_LINE = ("securityContext",)
"""Keys whose value is known well enough to be read in one line, however long."""


def lines(path: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield `path: value` lines. Long texts are told by their digest, so that each of their changes shows."""
    said = flow(value)
    if is_long(value):
        yield f"{path}: {digest(value)} ({len(value.encode())} bytes)"
    elif not isinstance(value, (dict, list)) or len(said) <= WIDTH or path.endswith(ONE_LINE):
        yield f"{path}: {said}"
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from lines(f"{path}.{key}" if path else key, value[key])
    else:
        for key, item in _items(value):
            yield from lines(f"{path}[{key}]", item)


def is_long(value: object) -> bool:
    """Whether a value is a text that is told by its digest."""
    return isinstance(value, str) and (len(value) > WIDTH or "\n" in value)


def flow(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value in one line, keys sorted; texts that could be taken for something else are quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str) and (value == SECRET or _plain(value)):
        return value
    return json.dumps(value, ensure_ascii=False)


def digest(value: object) -> str:
    """Return twelve hexadecimal digits that change with a value."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _items(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield what items are called, and the rest of each.

    A name moves fewer lines than a number when something is put in between. The order of the lines is the list's.
    """
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        yield from ((str(index), item) for index, item in enumerate(items))
        return
    for name, item in zip(names, items, strict=True):
        rest = {key: inner for key, inner in item.items() if key != "name"}
        yield str(name), rest["value"] if rest.keys() == {"value"} else rest


def _plain(text: str) -> bool:
    """Whether a text can stand without quotes: nobody takes it for a number, a word of JSON or several values."""
    try:
        float(text)
    except ValueError:
        special = set(text) & set(',{}[]"\n') or ": " in text or text != text.strip()
        return not special and text not in ("", "true", "false", "null")
    return False
