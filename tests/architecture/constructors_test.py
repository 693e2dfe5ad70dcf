"""A constructor reads as a parts list."""

from __future__ import annotations

import ast

import pytest

from tests.harness.declare import PROJECT

LINES = 40
"""What is seen at once."""


def constructors(text):
    """Return the number of lines of each constructor, by the name of its class."""
    return {
        made.name: (method.end_lineno or method.lineno) - method.lineno + 1
        for made in ast.walk(ast.parse(text))
        if isinstance(made, ast.ClassDef)
        for method in made.body
        if isinstance(method, ast.FunctionDef) and method.name == "__init__"
    }


@pytest.mark.parametrize("folder", ["bootstrap", "components"])
def test_no_constructor_is_longer_than_what_is_seen_at_once(folder):
    found = {
        (file.relative_to(PROJECT).as_posix(), name): lines
        for file in (PROJECT / folder).rglob("*.py")
        for name, lines in constructors(file.read_text(encoding="utf-8")).items()
    }
    assert found
    assert {where: lines for where, lines in found.items() if lines > LINES} == {}


def test_a_longer_one_would_be_found():
    body = "\n".join("        pass" for _ in range(LINES))
    assert constructors(f"class Long:\n    def __init__(self):\n{body}\n") == {"Long": LINES + 1}
