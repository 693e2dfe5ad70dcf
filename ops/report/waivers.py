"""Losses of data that a reviewed file allows, each for one resource of one stack until a day."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from components.settings.base import RULE_ERROR, Settings, refuse
from components.settings.document import Document, read_document
from components.settings.report import Mistake, SettingsError

FILE = Path("delivery") / "waivers.yaml"
LONGEST = timedelta(days=30)
"""How far ahead a waiver may end: it is for one change that is about to be merged, not a habit."""

_PROBLEMS = {"missing": "is missing", "extra_forbidden": "unknown key: nothing reads it"}
_EXAMPLE = "an entry has stack, urn, operation, because and until; the example in the file shows one"


def _exact(urn: str) -> str:
    if not urn.startswith("urn:pulumi:") or urn.count("::") < 3:  # noqa: PLR2004 - stack, project, type, name
        refuse("is no URN", "copy it from the report; it begins with urn:pulumi:")
    if any(star in urn for star in "*?"):
        refuse("holds a wildcard; a waiver names one resource", "write one entry for each URN, copied from the report")
    return urn


class Waiver(Settings):
    """One loss that is allowed."""

    stack: str
    """Name of the stack."""
    urn: Annotated[str, AfterValidator(_exact)]
    """The resource, exactly as the report names it."""
    operation: Literal["delete", "replace", "shorten"]
    """What may happen to it."""
    because: Annotated[str, Field(min_length=10)]
    """Why its data may go, for whoever reviews the file."""
    until: date
    """The last day, UTC, on which the waiver counts."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it allows: stack, URN and operation."""
        return self.stack, self.urn, self.operation


class _File(Settings):
    waivers: tuple[Waiver, ...]


class Waivers:
    """All waivers of a file on one day.

    Args:
        entries: the waivers, in the file's order.
        today: the day, UTC.
    """

    def __init__(self, entries: tuple[Waiver, ...], today: date) -> None:
        self.in_force = {entry.key: entry for entry in entries if entry.until >= today}
        self.expired = [entry for entry in entries if entry.until < today]


def read_waivers(path: Path, today: date) -> Waivers:
    """Read the file.

    Args:
        path: The file.
        today: The day on which waivers are judged, UTC.

    Raises:
        SettingsError: It can't be read, or an entry breaks a rule; all mistakes are reported.
    """
    if not path.exists():
        remedy = f"looked for {path}; a file that says `waivers: []` allows nothing, and that is a good beginning"
        raise SettingsError.of(path.name, "there is no such file", remedy)
    document = read_document(path)
    try:
        # As JSON, because pydantic's strict mode takes texts for days and lists for tuples only from there.
        file = _File.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        raise SettingsError(path.name, [*document.mistakes, *_mistakes(error, document)]) from None
    mistakes = [*document.mistakes, *_against_the_rules(file.waivers, document, today)]
    if mistakes:
        raise SettingsError(path.name, mistakes)
    return Waivers(file.waivers, today)


def _mistakes(error: ValidationError, document: Document) -> Iterator[Mistake]:
    for detail in error.errors(include_url=False):
        place = detail["loc"]
        context, known = detail.get("ctx", {}), detail["type"] == RULE_ERROR
        said = _PROBLEMS.get(detail["type"], f"{detail['msg'][:1].lower()}{detail['msg'][1:]}")
        problem, remedy = (context["problem"], context["remedy"]) if known else (said, _EXAMPLE)
        yield Mistake(place, problem, remedy, document.line(place))


def _against_the_rules(entries: tuple[Waiver, ...], document: Document, today: date) -> Iterator[Mistake]:
    seen: set[tuple[str, str, str]] = set()
    for index, entry in enumerate(entries):
        place = ("waivers", index)
        if not entry.urn.startswith(f"urn:pulumi:{entry.stack}::"):
            problem = f"is about stack {entry.stack}, but its URN belongs to another"
            yield Mistake((*place, "urn"), problem, "correct one of the two", document.line((*place, "urn")))
        if entry.until - today > LONGEST:
            problem = f"ends on {entry.until}, more than {LONGEST.days} days ahead"
            remedy = f"write {today + LONGEST} or an earlier day; a waiver is for one change"
            yield Mistake((*place, "until"), problem, remedy, document.line((*place, "until")))
        if entry.key in seen:
            problem = f"allows the same {entry.operation} as an entry above"
            yield Mistake(place, problem, "remove one of the two", document.line(place))
        seen.add(entry.key)
