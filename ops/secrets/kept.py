"""Which secrets a stack file holds and since when; their values are never read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from components.settings.document import read_document
from components.settings.environment import NAMESPACE
from components.settings.judge import is_needed
from components.settings.secrets import SECRETS
from ops.file_history import NOT_COMMITTED, FileHistory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from components.settings.markers import Secret

LIFE = timedelta(days=90)
"""How long a secret may stay the same: L6."""


class State(StrEnum):
    """What is to be done about a secret."""

    MISSING = "missing"
    """The stack needs it, and its file does not hold it."""
    DUE = "due"
    """It has been the same for longer than it may."""
    SET = "set"
    """It is there, and young enough."""
    LEFT_OVER = "left over"
    """It is there, and nothing in the file needs it."""
    NOT_NEEDED = "not needed"
    """It belongs to a section that the file leaves out."""


@dataclass(frozen=True)
class KeptSecret:
    """One secret of a stack.

    Attributes:
        name: its name, without `ballast:`.
        about: what it opens, and who reads it.
        state: what is to be done about it.
        since: when it was written as it stands, in UTC; None where it isn't there, or isn't committed.
    """

    name: str
    about: Secret
    state: State
    since: datetime | None


def kept_secrets(project: Path, stack: str, now: datetime) -> list[KeptSecret]:
    """Return all secrets of a stack, those to be done something about first.

    Args:
        project: folder of the stack files.
        stack: its name.
        now: the present, in UTC.

    Raises:
        SettingsError: the stack file can't be read.
        RefusedError: git doesn't tell its history.
    """
    path = project / f"Pulumi.{stack}.yaml"
    config = read_document(path).data.get("config") or {}
    given = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}
    written = [name for name in SECRETS if isinstance(given.get(name), dict)]
    since = _since(FileHistory(project), path.name, config, written)
    due = {name for name, when in since.items() if now - when > LIFE}
    found = []
    for name, about in SECRETS.items():
        if is_needed(about, given):
            state = State.MISSING if name not in written else State.DUE if name in due else State.SET
        else:
            state = State.LEFT_OVER if name in written else State.NOT_NEEDED
        found.append(KeptSecret(name, about, state, since.get(name)))
    return sorted(found, key=lambda one: list(State).index(one.state))


def _since(history: FileHistory, file: str, config: Mapping[str, Any], written: Iterable[str]) -> dict[str, datetime]:
    """Return when each ciphertext was written; one that is not committed has no time.

    The same secret that is encrypted anew counts as changed: nobody can tell without its key.
    """
    changed = history.last_changes(file, config, [(name,) for name in written])
    # What stood through all that is looked through is at least as old as the last of it.
    *_, oldest = [NOT_COMMITTED, *history.commits(file)]
    times = {name: changed.get((name,), oldest).when for name in written}
    return {name: when for name, when in times.items() if when is not None}
