"""The command `manifest`: what is typed and what is answered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Stack = Annotated[str | None, typer.Argument(metavar="STACK", help="dev, staging or prod", show_default=False)]


def manifest(
    stack: Stack = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="every stack")] = False,
    write: Annotated[bool, typer.Option("--write", help="bring the golden manifests up to date")] = False,
    check: Annotated[bool, typer.Option("--check", help="fail where a golden manifest is not up to date")] = False,
    diff: Annotated[
        str | None, typer.Option("--diff", metavar="REF", help="what changed since the work left REF, in Markdown")
    ] = None,
    project: Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")] = Path(),
) -> None:
    """Show what the program declares for a stack, without a cluster and without secrets.

    Golden manifests are these texts, kept for review.
    """
    from ops.golden import work  # noqa: PLC0415 - late, like everything that only a command needs
    from ops.stack_files import known_stacks, named_stack  # noqa: PLC0415 - as above

    if sum((write, check, diff is not None)) > 1:
        raise typer.BadParameter("one of them at a time", param_hint="--write, --check, --diff")
    whole = everything or (stack is None and (write or check or diff is not None))
    if whole == (stack is not None):
        raise typer.BadParameter("name one stack, or --all", param_hint="STACK")
    stacks = known_stacks(project) if stack is None else [named_stack(project, stack)]
    if diff is not None:
        said, applicable = work.since(project, diff, stacks, whole=whole)
        sys.stdout.write(said)
        if not applicable:
            raise typer.Exit(1)
    elif write:
        work.write(project, stacks, whole=whole)
    elif check:
        work.check(project, stacks, whole=whole)
    else:
        sys.stdout.write("\n".join(work.declared(project, stacks).values()))
