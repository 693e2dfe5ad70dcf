"""The commands `promote` and `compare`: what may be typed; what follows stands in modules that load late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import RefusedError
from ops.spans import seconds


def _soak(text: str) -> int:
    # A stack file has no span of zero; here it says that the values may be brand-new.
    return 0 if text == "0" else seconds(text)


Source = Annotated[str, typer.Argument(metavar="SOURCE", help="stack whose file the values come from")]
Target = Annotated[str, typer.Argument(metavar="TARGET", help="stack whose file is edited")]
Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="KEY", help="only these, or all below them: console, jobs.version"),
]
Project = Annotated[Path, typer.Option("--project", hidden=True, help="folder of the stack files")]
Everything = Annotated[bool, typer.Option("--all", help="show also what needs nothing to be done")]
Machine = Annotated[bool, typer.Option("--json", help="for machines")]


def promote(  # noqa: PLR0913 - each is an option that a person may type
    source: Source,
    target: Target,
    keys: Keys = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="edit the stack file; without it nothing is written")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="only say whether anything is pending; asks no backend")
    ] = False,
    build: Annotated[bool, typer.Option("--build", help="run the program on the edited file, as --write does")] = False,
    soak: Annotated[
        int | None,
        typer.Option(
            "--soak", parser=_soak, metavar="TIME", help="how long SOURCE must have run them (24h for tier prod)"
        ),
    ] = None,
    skip: Annotated[
        str | None,
        typer.Option("--skip", metavar="STACK", help="leave out an environment between the two"),
    ] = None,
    downgrades: Annotated[
        list[str] | None,
        typer.Option("--allow-downgrade", metavar="KEY", help="let this version go back, or this time get shorter"),
    ] = None,
    overwritten: Annotated[
        list[str] | None,
        typer.Option("--overwrite", metavar="KEY", help="put back what was changed in TARGET alone"),
    ] = None,
    because: Annotated[str, typer.Option("--because", help="the reason; needed with each of these")] = "",
    explain: Annotated[str | None, typer.Option("--explain", metavar="KEY", help="what is known of one key")] = None,
    everything: Everything = False,
    machine: Machine = False,
    project: Project = Path(),
) -> None:
    """Carry promoted values to the next environment.

    Shows what differs and what each gate says; writes with --write only. Exit codes: 0 written, or nothing to do;
    1 refused; 2 usage; 3 promotion pending (--check).
    """
    _there(project, source, target, skip)
    if check and write:
        raise typer.BadParameter("only looks, so it can't --write", param_hint="--check")
    if (skip is not None or downgrades or overwritten) and not because.strip():
        raise typer.BadParameter("is needed with --skip, --allow-downgrade and --overwrite", param_hint="--because")
    # Late: the models of a stack file take longer to load than a person wants to wait for --help.
    from ops.promotion.answers import Screen  # noqa: PLC0415 - see above
    from ops.promotion.promote import ExitCode, Request, checked, held_back  # noqa: PLC0415 - see above
    from ops.promotion.promote import promote as judged  # noqa: PLC0415 - see above
    from ops.promotion.proposal import Exceptions, Proposal, UnknownKeyError  # noqa: PLC0415 - see above
    from ops.promotion.proven import span, usual_soak  # noqa: PLC0415 - see above

    now = datetime.now(tz=UTC)
    screen = Screen(now=now, everything=everything, machine=machine)
    proposal = Proposal.read(project, source, target)
    if explain is not None:
        try:
            screen.explain(proposal, explain)
        except RefusedError as error:
            raise typer.BadParameter(str(error), param_hint="--explain") from None
        return
    exceptions = Exceptions(skip, frozenset(downgrades or ()), frozenset(overwritten or ()), because.strip())
    try:
        proposal = proposal.of(keys or (), exceptions)
    except UnknownKeyError as error:
        raise typer.BadParameter(str(error), param_hint="KEY") from None
    if check:
        refusals = held_back(proposal, project, now.date())
        code = checked(proposal, refusals)
        screen.check(proposal, refusals, code)
    else:
        asked = None if soak is None else timedelta(seconds=soak)
        usual = usual_soak(proposal)
        if asked is not None and asked < usual and not because.strip():
            words = f"is needed with a --soak shorter than the {span(usual)} that {target} asks for"
            raise typer.BadParameter(words, param_hint="--because")
        view = screen.view(proposal)  # before anything is written: git knows the lines that are compared
        request = Request(project=project, soak=asked, build=build, write=write, now=now)
        outcome = judged(proposal, request)
        screen.outcome(outcome, view)
        code = outcome.code
    if code is not ExitCode.DONE:
        raise typer.Exit(code)


def compare(
    source: Source,
    target: Target,
    *,
    everything: Everything = False,
    machine: Machine = False,
    project: Project = Path(),
) -> None:
    """Show the whole distance between two environments.

    Every key whose values differ, whether it travels or not; no gate is asked.
    """
    _there(project, source, target)
    from ops.promotion.answers import Screen  # noqa: PLC0415 - as in promote()
    from ops.promotion.proposal import Proposal  # noqa: PLC0415 - as in promote()

    screen = Screen(now=datetime.now(tz=UTC), everything=everything, machine=machine)
    screen.compare(Proposal.read(project, source, target))


def _there(project: Path, source: str, target: str, skip: str | None = None) -> None:
    """Refuse stacks that the project hasn't, and two that are one."""
    from ops.stack_files import named_stack  # noqa: PLC0415 - as in promote()

    for stack, hint in ((source, "SOURCE"), (target, "TARGET"), (skip, "--skip")):
        if stack is not None:
            named_stack(project, stack, hint)
    if source == target:
        raise typer.BadParameter(f"both are {source}; name two environments", param_hint="TARGET")
