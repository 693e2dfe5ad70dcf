"""The command `stacks`: what is typed and what is answered."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def stacks(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for a workflow's matrix")] = False,
    project: Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")] = Path(),
) -> None:
    """List the stacks of this folder, in the order in which values come to them."""
    # Late, like everything that only a command needs.
    from components.settings.judge import qualified  # noqa: PLC0415 - see above
    from components.settings.report import SettingsError  # noqa: PLC0415 - see above
    from ops.stack_files import environments  # noqa: PLC0415 - see above

    there = environments(project)
    for name in there.names:
        if mistakes := [qualified(mistake) for mistake in there.mistakes(name)]:
            raise SettingsError(f"Pulumi.{name}.yaml", mistakes)
    found = [
        {"name": name, "tier": member.tier, "promotesFrom": member.source, "local": member.local}
        for name in there.names
        for member in [there.members[name]]
    ]
    if as_json:
        sys.stdout.write(json.dumps({"stacks": found}) + "\n")
        return
    for stack in found:
        source = f"values from {stack['promotesFrom']}" if stack["promotesFrom"] else "head of a chain"
        cluster = ", on the local cluster" if stack["local"] else ""
        sys.stdout.write(f"{stack['name']:<11}tier {stack['tier'] or '?'}, {source}{cluster}\n")
