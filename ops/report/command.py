"""The command `preview-report`: what is typed and what is answered."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from ops.files import write_whole


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("is a day, for example 2026-12-24") from None


def preview_report(
    previews: Annotated[
        list[str],
        typer.Argument(metavar="[STACK=]FILE...", help="what `pulumi preview --json` wrote, a stack each; - is stdin"),
    ],
    *,
    waivers: Annotated[Path, typer.Option(help="losses that are allowed")] = Path("delivery/waivers.yaml"),
    output: Annotated[Path | None, typer.Option(help="write the report there", show_default="stdout")] = None,
    junit: Annotated[Path | None, typer.Option(help="write the losses as JUnit XML too", show_default=False)] = None,
    sarif: Annotated[Path | None, typer.Option(help="write the losses as SARIF too", show_default=False)] = None,
    today: Annotated[date | None, typer.Option(parser=_day, hidden=True)] = None,
) -> None:
    """Tell what previews would do, data at risk first.

    Fails when data would be deleted or replaced and delivery/waivers.yaml doesn't allow it, when a preview failed,
    and when one is missing, cut short or can't be read; the others are judged all the same.
    """
    # Late: the models take longer to load than a person wants to wait for --help.
    from ops.report.judging import judge  # noqa: PLC0415 - see above
    from ops.report.machines import junit_xml, sarif_json  # noqa: PLC0415 - see above
    from ops.report.markdown import Report  # noqa: PLC0415 - see above
    from ops.report.preview import read_previews  # noqa: PLC0415 - see above
    from ops.report.waivers import read_waivers  # noqa: PLC0415 - see above

    files = [path.resolve() for path in (output, junit, sarif) if path]
    if len(set(files)) < len(files):
        raise typer.BadParameter("--output, --junit and --sarif each need a file of their own")
    allowed = read_waivers(waivers, today or datetime.now(tz=UTC).date())
    judgements = [judge(preview, allowed.in_force) for preview in read_previews(previews, sys.stdin.buffer)]
    report = Report(judgements, allowed).text()
    texts = {junit: junit_xml(judgements), sarif: sarif_json(judgements), output: report}
    write_whole({path: text for path, text in texts.items() if path})
    if output is None:
        sys.stdout.write(report)
    for judgement in judgements:
        if judgement.preview.unread:
            sys.stderr.write(f"error: {judgement.preview.unread}\n")
    if any(judgement.refused or judgement.preview.failed for judgement in judgements):
        raise typer.Exit(1)
