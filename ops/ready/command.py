"""The command `ready`: what is typed and what is answered."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.doctor.finding import Finding, Verdict


def ready(
    stack: Annotated[str, typer.Argument(metavar="STACK", help="which Pulumi.<stack>.yaml")],
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="judge the stack file alone, before the first `up`")
    ] = False,
) -> None:
    """Say whether an environment is ready for people who rely on it, reading only.

    Points of the stack file, points of the running platform, and what a person has to confirm. The exit code is 1 where
    a point that could be checked is not as it should be.
    """
    from components.settings.read import read_stack  # noqa: PLC0415 - late, like everything that only a command needs
    from components.settings.secrets import SECRETS  # noqa: PLC0415 - as above
    from ops.cluster import Cluster  # noqa: PLC0415 - as above
    from ops.doctor.context import DoctorContext  # noqa: PLC0415 - as above
    from ops.ready.people import CONFIRMED  # noqa: PLC0415 - as above
    from ops.ready.running import check_running  # noqa: PLC0415 - as above
    from ops.ready.stack_file import check_stack_file  # noqa: PLC0415 - as above
    from ops.stack_files import named_stack  # noqa: PLC0415 - as above

    name = named_stack(Path.cwd(), stack)
    file = f"Pulumi.{name}.yaml"
    settings = read_stack(Path.cwd() / file, SECRETS)
    counts = _told(f"The stack file {file}", check_stack_file(settings, file))
    if not offline:
        cluster = Cluster.recognised(settings.cluster, file, Path.cwd())
        context = DoctorContext(stack=name, file=file, settings=settings, declared=(), cluster=cluster)
        counts += _told("The running platform", check_running(context))
    sys.stdout.write("\nFor a person to confirm\n")
    sys.stdout.writelines(f"[ ]      {point}\n" for point in CONFIRMED)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    sys.stdout.write(f"\n{told}, {len(CONFIRMED)} for a person. Nothing was changed.\n")
    if counts["wrong"]:
        raise typer.Exit(1)


def _told(title: str, findings: Iterable[Finding]) -> Counter[Verdict | str]:
    counts: Counter[Verdict | str] = Counter()
    sys.stdout.write(f"\n{title}\n")
    for finding in findings:
        counts[finding.verdict] += 1
        sys.stdout.write(f"{finding.line}\n")
        sys.stdout.flush()
    return counts
