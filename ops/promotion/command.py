"""The commands `promote` and `compare`: what is typed and what is answered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.spans import seconds

UPSTREAM = "dev or staging: where the values come from"
Source = Annotated[str, typer.Argument(metavar="SOURCE", help=UPSTREAM)]
Target = Annotated[str, typer.Argument(metavar="TARGET", help="staging or prod: the stack file that is edited")]
Project = Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")]


def promote(
    source: Source,
    target: Target,
    *,
    soak: Annotated[
        int | None, typer.Option("--soak", parser=seconds, metavar="TIME", help="how long the source has run them")
    ] = None,
    project: Project = Path(),
) -> None:
    """Carry promoted values to the next environment.

    Without --write it only says what would be written.
    """
    sys.stdout.write(f"{source} {target} {soak} {project}\n")


def compare(source: Source, target: Target, *, project: Project = Path()) -> None:
    """Show the whole distance between two environments."""
    sys.stdout.write(f"{source} {target} {project}\n")
