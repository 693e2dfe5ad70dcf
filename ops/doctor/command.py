"""The command `doctor`: what is typed and what is answered."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer


def doctor(
    stack: Annotated[str, typer.Argument(metavar="STACK", help="which Pulumi.<stack>.yaml")],
) -> None:
    """Look at a cluster before the first `up`, reading only.

    Each line says what was looked at, what would go wrong, and what to do. The exit code is 1 where something would.
    """
    from ops.doctor.examination import examine  # noqa: PLC0415 - late, like everything that only a command needs
    from ops.doctor.finding import Verdict  # noqa: PLC0415 - as above
    from ops.stack_files import named_stack  # noqa: PLC0415 - as above

    counts: Counter[Verdict] = Counter()
    for finding in examine(Path.cwd(), named_stack(Path.cwd(), stack)):
        counts[finding.verdict] += 1
        sys.stdout.write(f"{finding.line}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{', '.join(f'{counts[verdict]} {verdict}' for verdict in Verdict)}. Nothing was changed.\n")
    if counts[Verdict.WRONG]:
        raise typer.Exit(1)
