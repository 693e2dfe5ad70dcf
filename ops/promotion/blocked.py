"""Values that must not be promoted: `delivery/blocked.yaml`, which people write and review."""

import json
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from components.settings.base import Settings
from components.settings.document import read_document
from components.settings.environment import NAMESPACE
from components.settings.explain import did_you_mean, unknown_key
from components.settings.fields import Field, fields
from components.settings.markers import Promoted
from components.settings.report import KeyPath, Mistake, SettingsError
from components.settings.stack import StackSettings
from components.settings.texts import NonEmpty
from ops.promotion.gates import Answer
from ops.promotion.proposal import Proposal

FILE = Path("delivery", "blocked.yaml")


class BlockedValue(Settings):
    """One value that must not be promoted."""

    key: str
    """Its key in the stack file, names of entries included, such as jobs.version; `*` is the name of any entry."""
    value: Any
    """The value as the stack file writes it; in a text `*` stands for anything, as in 1.20.*."""
    because: NonEmpty
    """Why; whoever is refused reads it."""
    until: date
    """The last day, in UTC, on which it is refused."""


class BlockedValues(Settings):
    """The file."""

    blocked: tuple[BlockedValue, ...]
    """Values that must not be promoted."""


def read_blocked(project: Path) -> tuple[BlockedValue, ...]:
    """Read the file.

    Args:
        project: Folder of the stack files.

    Raises:
        SettingsError: With every mistake in it, or because it is missing: nobody knows then what is blocked.
    """
    path = project / FILE
    if not path.exists():
        raise SettingsError(FILE.as_posix(), [Mistake((), "there is no such file", "write `blocked: []` into it")])
    document = read_document(path)
    mistakes = list(document.mistakes)
    found: tuple[BlockedValue, ...] = ()
    try:
        found = BlockedValues.model_validate_json(json.dumps(document.data)).blocked
    except ValidationError as error:
        mistakes += (
            Mistake(detail["loc"], *_explained(detail["type"], detail["msg"], detail["loc"]))
            for detail in error.errors(include_url=False)
        )
    mistakes += _about_keys(found)
    if mistakes:
        placed = [Mistake(one.path, one.problem, one.remedy, one.line or document.line(one.path)) for one in mistakes]
        raise SettingsError(FILE.as_posix(), placed)
    return found


def not_blocked(proposal: Proposal, blocked: tuple[BlockedValue, ...], today: date) -> Answer:
    """No value travels that somebody has blocked."""
    return Answer.judged("not blocked", _stopped(proposal, blocked, today), _seen(blocked, today))


def _stopped(proposal: Proposal, blocked: tuple[BlockedValue, ...], today: date) -> Iterator[str]:
    for row in proposal.selected:
        value = row.cells[proposal.source].value
        for entry in blocked:
            meant = fnmatchcase(row.name, entry.key) and _same(entry.value, value, row.field)
            if meant and today <= entry.until:
                yield f"{NAMESPACE}:{row.name} {_text(value)} is blocked until {entry.until}: {entry.because}"


def _seen(blocked: tuple[BlockedValue, ...], today: date) -> str:
    expired = [f"{entry.key} {_text(entry.value)} ({entry.until})" for entry in blocked if entry.until < today]
    return f"expired in {FILE.as_posix()}: {', '.join(expired)}; renew or remove" if expired else ""


def _same(blocked: object, value: object, field: Field | None) -> bool:
    """Whether a value is the blocked one, however either is spelled: 1440h is 60d."""
    kind = field.quantity if field else None
    if isinstance(blocked, str) and isinstance(value, str):
        return kind.parse(blocked) == kind.parse(value) if kind else fnmatchcase(value, blocked)
    return blocked == value


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _about_keys(found: tuple[BlockedValue, ...]) -> Iterator[Mistake]:
    """What would block nothing, and nobody would notice: a key that never travels, a value that no file can hold."""
    known = {field.path: field for field in fields(StackSettings)}
    for index, entry in enumerate(found):
        matching = [field for path, field in known.items() if _is_of(entry.key, path)]
        place: KeyPath = ("blocked", index, "key")
        if not matching:
            guess = did_you_mean(entry.key, [".".join(path) for path in known])
            remedy = f"did you mean `{guess}`?" if guess else "docs/settings.md lists them all"
            yield Mistake(place, f"`{entry.key}` is no key of a stack file", remedy)
        elif not isinstance(matching[0].markers[0], Promoted):
            yield Mistake(place, f"`{entry.key}` is not promoted, so nothing is there to block", "remove the entry")
        else:
            yield from _about_value(entry.value, matching[0], ("blocked", index, "value"))


def _about_value(value: object, field: Field, place: KeyPath) -> Iterator[Mistake]:
    if isinstance(value, float) and field.info.annotation is not float:
        # YAML has read 3.20 as 3.2, and nobody can tell any more.
        yield Mistake(place, f"{value} is read as a number", "write it in quotes")
    elif field.quantity is not None:
        try:
            field.quantity.parse(value)
        except PydanticCustomError as error:
            yield Mistake(place, str(error), f"write it as the stack file does, for example {field.quantity.example}")


def _is_of(key: str, path: tuple[str, ...]) -> bool:
    names = key.split(".")
    return len(names) == len(path) and all(part in ("*", name) for name, part in zip(names, path, strict=True))


def _explained(kind: str, message: str, place: KeyPath) -> tuple[str, str]:
    keys = list(BlockedValue.model_fields if len(place) > 1 else BlockedValues.model_fields)
    if kind == "missing":
        return "is missing", f"an entry has {', '.join(keys)}" if len(place) > 1 else "write blocked: []"
    if kind == "extra_forbidden":
        return unknown_key(str(place[-1]), keys)
    return message, "write it as the example at the top of the file"
