"""The command `secrets`: what is typed and what is answered."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ops.words import say

PENDING = 3
"""Exit code of `--check` where something is to be done; 1 is a refusal, 2 a usage error."""


def secrets(
    stack: Annotated[str, typer.Argument(metavar="STACK", help="which Pulumi.<stack>.yaml")],
    *,
    check: Annotated[bool, typer.Option("--check", help="end with 3 where one is missing, due or left over")] = False,
    project: Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")] = Path(),
) -> None:
    """List a stack's secrets: what each opens, since when it is the same, and what is to be done.

    Neither the cluster nor the key is asked, and no value is read. One that has been the same for 90 days is due.
    """
    # Late, like everything that only a command needs.
    from ops.promotion.ages import NOT_COMMITTED, Age  # noqa: PLC0415 - see above
    from ops.secrets.kept import State, kept_secrets  # noqa: PLC0415 - see above
    from ops.stack_files import named_stack  # noqa: PLC0415 - see above

    now = datetime.now(tz=UTC)
    found = [
        one for one in kept_secrets(project, named_stack(project, stack), now) if one.state is not State.NOT_NEEDED
    ]
    width = max(len(one.name) for one in found)
    for one in found:
        age = "-" if one.state is State.MISSING else Age(one.since, NOT_COMMITTED).spoken(now)
        readers = ", ".join(one.about.readers)
        say(one.state, f"{one.name:<{width}}  {age:<6}  {one.about.purpose}; read by {readers}")
    asked = [one.name for one in found if one.state is not State.SET]
    if check and asked:
        sys.stderr.write(f"error: to be done about {len(asked)} secrets of {stack}: {', '.join(asked)}\n")
        raise typer.Exit(PENDING)
