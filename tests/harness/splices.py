"""Edits of small stack files, written as their sections look."""

from __future__ import annotations

import difflib
from textwrap import dedent, indent

from ops.promotion.splice import Change, splice


def stack(sections: str) -> str:
    """A stack file with these sections."""
    return f"config:\n{indent(dedent(sections).lstrip(chr(10)), '  ')}"


def edited(source: str, target: str, values: dict[str, object]) -> str:
    """The target after an edit: values, or REMOVED, by key with dots."""
    changes = [Change(tuple(key.split(".")), value) for key, value in values.items()]
    return splice(source, target, changes, source_name="Pulumi.dev.yaml", target_name="Pulumi.staging.yaml")


def difference(before: str, after: str) -> list[str]:
    """Lines that go and come, with - and + before them."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line[0] in "+-"]
