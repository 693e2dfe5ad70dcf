"""The command `move`: what is typed; what follows stands in a module that loads late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write for example 2027-01-31") from None


def move(  # noqa: PLR0913 - each is an option that a person may type
    stack: Annotated[str, typer.Argument(metavar="STACK", help="which Pulumi.<stack>.yaml")],
    program: Annotated[str, typer.Argument(metavar="PROGRAM", help="whose data it is, as the stack file calls it")],
    *,
    since: Annotated[date, typer.Option("--from", parser=_day, metavar="DAY", help="in UTC, to come: 2027-01-31")],
    disk: Annotated[bool, typer.Option("--disk", help="onto the volume, in place of a bucket")] = False,
    bucket: Annotated[str | None, typer.Option("--bucket", help="its name", show_default=False)] = None,
    region: Annotated[str | None, typer.Option("--region", help="of the bucket", show_default=False)] = None,
    base_path: Annotated[str | None, typer.Option("--base-path", help="its folder", show_default=False)] = None,
    role_arn: Annotated[str | None, typer.Option("--role-arn", help="role of the pod", show_default=False)] = None,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="of another storage", show_default=False)] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", help="of its pods", show_default=False)] = None,
    egress_cidrs: Annotated[
        list[str] | None,
        typer.Option("--egress-cidr", metavar="CIDR", help="network of S3 and STS; repeatable", show_default=False),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="edit the stack file; without it nothing is written")] = False,
    project: Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")] = Path(),
) -> None:
    """Keep what a program stores elsewhere from a coming day on.

    What is older stays where it is, and is found there. What is not said of a bucket is as with the newest that the
    program has. Shows what the stack file would become; writes with --write only.
    """
    # Late: the models of a stack file take longer to load than a person wants to wait for --help.
    from ops.move import Move  # noqa: PLC0415 - see above
    from ops.stack_files import named_stack  # noqa: PLC0415 - see above

    named_stack(project, stack)
    if disk == (bucket is not None):
        raise typer.BadParameter("either --disk or --bucket NAME says where to", param_hint="--bucket")

    given = {
        "bucket": bucket,
        "region": region,
        "basePath": base_path,
        "roleArn": role_arn,
        "endpoint": endpoint,
        "egressCidrs": egress_cidrs,
        "namespace": namespace,
    }
    asked = Move.read(project, stack, program, since, None if disk else given)
    asked.judge(datetime.now(tz=UTC))
    typer.echo(asked.difference)
    if write:
        asked.write()
        typer.echo(f"written    Pulumi.{stack}.yaml. Review it, then ./ballast check and pulumi up --stack {stack}")
        typer.echo(f"before     {since}, 00:00 UTC, {program} must run with it; if it can't, move the day first")
    else:
        typer.echo("nothing    was written; --write does")
