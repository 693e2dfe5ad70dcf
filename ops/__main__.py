"""The command line of `ballast`: what people ask of a running platform, and how its settings travel."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from components.settings.report import SettingsError
from ops.affected_command import affected
from ops.doctor.command import doctor
from ops.errors import RefusedError
from ops.following import InterruptedRunError
from ops.golden.command import manifest
from ops.move_command import move
from ops.promotion.command import compare, promote
from ops.ready.command import ready
from ops.report.command import preview_report
from ops.secrets.command import secrets
from ops.settings.command import check, schema, settings
from ops.spans import seconds
from ops.stacks_command import stacks
from ops.store_choice import ANY, DRAINED, HEALED
from ops.words import say

if TYPE_CHECKING:
    from components.settings.store import StoreKind
    from ops.store_choice import Choice
    from ops.store_target import StoreTarget

INTERRUPTED = 130
"""Exit code of a shell for a program that Ctrl-C ended."""

app = typer.Typer(
    help=(
        "Asks a running platform to do something, judges stack files, and carries settings from one environment to the "
        "next. "
        "A command that talks to a cluster first makes sure which one it is."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

StackName = Annotated[str, typer.Argument(metavar="STACK", help="which Pulumi.<stack>.yaml")]
Kind = Annotated[
    str, typer.Argument(metavar="STORE", help="as the stack file calls it; one of its volumes: volume NAME")
]
Name = Annotated[str | None, typer.Argument(metavar="NAME", help="of a volume", show_default=False)]
Wait = Annotated[int, typer.Option("--wait", parser=seconds, metavar="TIME", help="look at the job this long")]


@app.command()
def drain(
    stack: StackName,
    store: Annotated[str, typer.Argument(metavar="STORE", help="one of several nodes, as the stack file calls it")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="don't ask")] = False,
    wait: Wait = "6h",  # pyrefly: ignore - Typer parses it
) -> None:
    """Move shards off the nodes that the stack file gives up.

    The nodes are ended one by one; then `pulumi up` accepts the smaller number.
    """
    target = _target(stack, _kind(store, None, DRAINED), None)
    template = target.template("drain")
    plan = target.plan(template)
    request = plan.request()
    _table(("StatefulSet", "now", "then"), plan.rows())
    if not yes and not _agreed("Move their shards and end the nodes?"):
        raise RefusedError("not confirmed. Nothing was changed. --yes answers the question beforehand.")
    template.run(request, datetime.now(tz=UTC), wait)
    say("next", f"pulumi up --stack {stack}, which makes the smaller number the declared one")


@app.command()
def replace(
    stack: StackName,
    store: Annotated[str, typer.Argument(metavar="STORE", help="one whose lost nodes don't join by themselves")],
    node: Annotated[int, typer.Argument(metavar="NODE", min=0, help="the number at the end of its pod's name")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="don't ask")] = False,
    wait: Wait = "6h",  # pyrefly: ignore - Typer parses it
) -> None:
    """Let a node that has lost its volume join anew.

    Its old peer is taken out once every shard has another copy; then the node gets its copies back.
    """
    kind = _kind(store, None, HEALED)
    target = _target(stack, kind, None)
    template = target.template("replace")
    if not yes and not _agreed(f"Give up what was on the volume of {kind.prefix}-{node}, and copy it from the others?"):
        raise RefusedError("not confirmed. Nothing was changed. --yes answers the question beforehand.")
    template.run({"node": node}, datetime.now(tz=UTC), wait)


@app.command()
def rebalance(
    stack: StackName,
    store: Annotated[str, typer.Argument(metavar="STORE", help="one that moves nothing to a new node by itself")],
    *,
    wait: Wait = "6h",  # pyrefly: ignore - Typer parses it
) -> None:
    """Give every shard its copies, spread over all nodes.

    `pulumi up` does so where the stack file changes; this is for afterwards, when a transfer was stuck or a disk full.
    """
    target = _target(stack, _kind(store, None, HEALED), None)
    target.template("rebalance").run({}, datetime.now(tz=UTC), wait)


@app.command()
def restore(
    stack: StackName,
    store: Kind,
    name: Name = None,
    *,
    snapshot: Annotated[str, typer.Option(help="its id; `snapshots` lists them")] = "latest",
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="one index or collection; repeatable")] = None,
    rename: Annotated[str, typer.Option(metavar="PREFIX", help="put before each name, where names may change")] = "",
    wait: Wait = "6h",  # pyrefly: ignore - Typer parses it
) -> None:
    """Bring a snapshot back; nothing that holds data is replaced."""
    kind = _kind(store, name)
    if only and not kind.restore.part:
        raise typer.BadParameter(f"a {kind.word} comes back whole", param_hint="--only")
    if only and len(only) > 1 and not kind.restore.many:
        raise typer.BadParameter(f"{kind.word} brings back all {kind.restore.part}s or one", param_hint="--only")
    if rename and not kind.restore.rename:
        raise typer.BadParameter(f"what comes back of {kind.word} keeps its name", param_hint="--rename")
    target = _target(stack, kind, name)
    request = kind.restore.request(snapshot, only or (), rename)
    target.template("restore").run(request, datetime.now(tz=UTC), wait)


@app.command()
def snapshot(
    stack: StackName,
    store: Kind,
    name: Name = None,
    *,
    wait: Wait = "6h",  # pyrefly: ignore - Typer parses it
) -> None:
    """Take a snapshot now."""
    kind = _kind(store, name)
    target = _target(stack, kind, name)
    target.template("snapshots").run(kind.snapshot_request, datetime.now(tz=UTC), wait)
    say("next", f"./ballast snapshots {stack} {target.store.spoken}")


@app.command()
def snapshots(
    stack: StackName,
    store: Kind,
    name: Name = None,
    *,
    wait: Wait = "10m",  # pyrefly: ignore - Typer parses it
) -> None:
    """List snapshots.

    All of the archive, where the store's job can list it; the newest that were noted for the others.
    """
    kind = _kind(store, name)
    target = _target(stack, kind, name)
    if kind.list_request is not None:
        target.template("snapshots").run(kind.list_request, datetime.now(tz=UTC), wait)
        return
    history = target.history()
    _table(("snapshot", "finished", "seconds", "bytes"), history.rows())
    if history.trouble:
        say("failed", history.trouble)


def _target(stack: str, kind: StoreKind, name: str | None) -> StoreTarget:
    # Late: the models of a stack file take longer to load than a person wants to wait for --help.
    from ops.store_target import StoreTarget  # noqa: PLC0415 - see above

    return StoreTarget.find(Path.cwd(), stack, kind, name)


def _agreed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:
        # Nobody is there who could answer.
        return False


def _kind(word: str, name: str | None, choice: Choice = ANY) -> StoreKind:
    # Late, as in _target.
    from ops.stores import store_kind  # noqa: PLC0415 - see above

    try:
        kind = store_kind(word, choice)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="STORE") from None
    if kind.has_names and name is None:
        raise typer.BadParameter(f"which {word}? Its name in ballast:{kind.section} follows", param_hint="STORE")
    if not kind.has_names and name is not None:
        raise typer.BadParameter(f"{word} takes no further name", param_hint="NAME")
    return kind


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    # Late, because only tables need it and it takes as long to load as everything else together.
    from rich.box import SIMPLE  # noqa: PLC0415 - see above
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.table import Table  # noqa: PLC0415 - see above

    table = Table(*head, box=SIMPLE)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


# Commands that stand in modules of their own; each imports what is heavy only when it runs.
COMMANDS = (
    *(doctor, ready, promote, compare, preview_report, move, affected, stacks, secrets, manifest),
    *(check, schema, settings),
)
for command in COMMANDS:
    app.command()(command)


def main(arguments: list[str] | None = None) -> Any:  # noqa: ANN401 - what Typer returns
    """Run one command; return the exit code, 1 with a sentence where something is refused or failed."""
    try:
        return app(arguments, prog_name="ballast")
    except (RefusedError, SettingsError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except InterruptedRunError as error:
        sys.stderr.write(f"\n{error}\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
