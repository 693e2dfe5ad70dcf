"""Which stacks a project has: its files `Pulumi.<stack>.yaml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from components.settings.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NAME = re.compile(r"Pulumi\.([\w-]+)\.yaml")


def stack_of(path: str) -> str | None:
    """Return the stack whose file a path in the project is, None for any other path."""
    named = _NAME.fullmatch(path)
    return named[1] if named else None


def known_stacks(project: Path) -> list[str]:
    """Return the stacks of a project, in the order in which values travel."""
    return in_order(filter(None, (stack_of(path.name) for path in project.glob("Pulumi.*.yaml"))))


def in_order(stacks: Iterable[str]) -> list[str]:
    """Return stacks in the order in which values travel; others come after these, by name."""
    order = list(Environment)
    return sorted(stacks, key=lambda stack: (order.index(stack) if stack in order else len(order), stack))


def named_stack(project: Path, stack: str) -> str:
    """Return the name of a stack that the project has.

    Raises:
        typer.BadParameter: It has none of that name.
    """
    known = known_stacks(project)
    if stack not in known:
        there = f"this folder has {', '.join(known)}" if known else "this folder has no file Pulumi.<stack>.yaml"
        raise typer.BadParameter(f"there is no stack {stack}: {there}", param_hint="STACK")
    return stack
