"""The commands `check`, `schema` and `settings`: what is typed; what follows stands in modules that load late."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="stack files; without any, all of this folder", show_default=False),
]


def check(
    files: Files = None,
    *,
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="don't ask for secrets that are not set yet")
    ] = False,
    since: Annotated[
        Path | None,
        typer.Option(
            "--since",
            metavar="OLDFILE",
            help="also report what stores can't follow from this older file, and what would be deleted earlier",
        ),
    ] = None,
) -> None:
    """Report every mistake in stack files.

    Each mistake comes with its line, the rule and a way out. Without FILE all stack files of this folder are judged
    side by side, and the secrets that are not set are only counted, because whoever holds no key can't set them. A file
    that is named must have them.
    """
    # Late: the models of a stack file take longer to load than a person wants to wait for --help.
    from ops.settings import judge  # noqa: PLC0415 - see above

    if since and len(files or ()) != 1:
        raise typer.BadParameter("--since compares one FILE with its older self; name one")
    if files:
        raise typer.Exit(judge.named(files, since, without_secrets=without_secrets))
    raise typer.Exit(judge.everything(Path(), count_secrets=not without_secrets))


def schema() -> None:
    """Print the JSON schema of a stack file."""
    from ops.settings.generated import SCHEMA, generated  # noqa: PLC0415 - late, as above

    sys.stdout.write(generated()[SCHEMA])


def settings(
    *,
    write: Annotated[
        bool, typer.Option("--write", help="bring docs/settings.md and docs/schema/stack.schema.json up to date")
    ] = False,
) -> None:
    """Print the table of all settings.

    The table and the schema are made from the models in components/settings/ and kept in docs/.
    """
    from ops.settings.generated import TABLE, generated, write_all  # noqa: PLC0415 - late, as above

    if write:
        write_all()
    else:
        sys.stdout.write(generated()[TABLE])
