"""Which stacks a project has: its files `Pulumi.<stack>.yaml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from components.settings.cluster import LOCAL
from components.settings.document import read_document
from components.settings.environment import Tier
from components.settings.environments import Environments, Member
from components.settings.report import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"Pulumi\.([\w-]+)\.yaml", re.ASCII)


def stack_of(path: str) -> str | None:
    """Return the stack whose file a path in the project is, None for any other path."""
    named = _NAME.fullmatch(path)
    return named[1] if named else None


def environments(project: Path) -> Environments:
    """Return the environments of a project by what their files say of their place; a file may be broken otherwise."""
    found = filter(None, (stack_of(path.name) for path in project.glob("Pulumi.*.yaml")))
    return Environments({name: _member(project / f"Pulumi.{name}.yaml") for name in sorted(found)})


def _member(path: Path) -> Member:
    try:
        config = read_document(path).data.get("config")
    except SettingsError:
        return Member(None, None)
    given = config if isinstance(config, dict) else {}
    tier, source = given.get("ballast:tier"), given.get("ballast:promotesFrom")
    cluster = given.get("ballast:cluster")
    return Member(
        Tier(tier) if tier in list(Tier) else None,
        source if isinstance(source, str) else None,
        local=isinstance(cluster, dict) and cluster.get("identity") == LOCAL,
    )


def known_stacks(project: Path) -> list[str]:
    """Return the stacks of a project, in the order in which values travel."""
    return list(environments(project).names)


def named_stack(project: Path, stack: str, hint: str = "STACK") -> str:
    """Return the name of a stack that the project has.

    Raises:
        typer.BadParameter: It has none of that name.
    """
    if not (project / f"Pulumi.{stack}.yaml").is_file():
        known = known_stacks(project)
        there = f"this folder has {', '.join(known)}" if known else "this folder has no file Pulumi.<stack>.yaml"
        raise typer.BadParameter(f"there is no stack {stack}: {there}", param_hint=hint)
    return stack
