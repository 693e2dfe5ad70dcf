"""The command `affected`: what is typed and what is answered."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def affected(
    *,
    base: Annotated[
        str, typer.Option("--base", metavar="REF", help="where the work left: origin/main in a pull request")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="for a workflow's matrix")] = False,
    project: Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")] = Path(),
) -> None:
    """Say which stacks a difference can touch, and why.

    What is not committed counts too.
    """
    # Late, like everything that only a command needs.
    from ops.affected import affected as judged  # noqa: PLC0415 - see above
    from ops.repository import Base  # noqa: PLC0415 - see above

    left = Base.find(project, base)
    found = judged(left)
    if as_json:
        sys.stdout.write(json.dumps({"base": left.commit, **asdict(found)}) + "\n")
        return
    for stack in found.stacks:
        sys.stdout.write("".join(f"{stack:<11}{reason}\n" for reason in found.reasons[stack]))
    if not found.stacks:
        sys.stdout.write(f"none       nothing since {base} is part of the program or a stack file\n")
    for warning in found.warnings:
        sys.stderr.write(f"warning: {warning}\n")
