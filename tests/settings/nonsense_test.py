"""Values that can't be right, derived from each field's own type: a field that comes later is tried by itself."""

from __future__ import annotations

import typing
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from components.settings.fields import fields, values
from components.settings.judge import Given, judge
from components.settings.limits import limits
from components.settings.matching import Matching
from components.settings.quantities import Bytes, Duration, Millicores, Quantity
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings
from components.settings.supported_versions import SUPPORTED
from tests.harness.full_stacks import STACKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.fields import Field
    from components.settings.report import KeyPath, Mistake

#: What no field takes, whatever its kind: not JSON's, out of reach, invisible, look-alikes, pasted, of another shape.
NOWHERE = (
    2**53,
    -1,
    1.5,
    *("", " "),
    "a b\tc",
    "x\u200b",
    "\u0430cme",
    "acme\u2013prod",
    "\uff11",
    "a" * 5000,
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    [["a"]],
    {"a": "b"},
)
NUMBERS = ("0x1F", "1_000", "010", "1e3", "ten", "-5", "NaN")
UNITS: dict[type, list[str]] = {
    Bytes: ["1Ki", "8000Ti", "8G", "8GB", "8gi", "0Gi", "08Gi", "8.5Gi", "8 Gi", "-8Gi", "9" * 30 + "Gi"],
    Millicores: ["1m", "500", "0", "0.5", "500M", "500 m", "2 cores", "1000000m"],
    Duration: ["0s", "400000d", "1w", "1y", "1h30m", "PT1H", "030d", "1.5h", "30 d"],
}
NETWORKS = (
    *("10.0.0.1", "10.0.0.1/16", "10.0.0.0/33", "10.0.0/16", "10.0.0.0-10.0.0.9", "localhost", "any", "300.0.0.0/8"),
    *("169.254.169.254/32", "169.254.0.0/16", "fd00:ec2::254/128", "fe80::/64", "224.0.0.0/3", "240.0.0.0/8"),
    *("0.0.0.0/8", "0.0.0.0/32", "255.255.255.255/32", "::/128", "10.0.0.0/8 ", "010.0.0.0/8", "https://10.0.0.0/8"),
)
WIDE = ("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "8.0.0.0/7", "52.0.0.0/8", "2000::/3")
#: What stands where a text is to be put in.
PLACEHOLDERS = ("${HOME}", "<your-value-here>", "{{ .Values.name }}")


def mistakes(environment: str, stack: dict[str, Any]) -> list[Mistake]:
    return judge(Given(environment, stack, frozenset()), SECRETS)[1]


def _places() -> dict[str, tuple[str, KeyPath]]:
    """Where a value of each field stands: in which stack, and the keys down to it."""
    found: dict[str, tuple[str, KeyPath]] = {}
    for environment, stack in STACKS.items():
        settings, wrong = judge(Given(environment, stack, frozenset()), SECRETS)
        assert not wrong
        assert settings is not None
        for given in values(settings):
            found.setdefault(".".join(given.field.path), (environment, given.path))
    return found


#: Whatever is written there is refused: what these write anew is not locked (tests/cloud/rules_test.py).
REFUSED = {f"{place}.made.lock" for place in ("opensearch.snapshots.s3", "loki.s3", "loki.periods.*.s3", "tempo.s3")}
KEYS = {".".join(field.path): field for field in fields(StackSettings) if field.section is None}
LEAVES = {key: field for key, field in KEYS.items() if key not in REFUSED}
PLACES = _places()


def _kind(annotation: Any) -> Any:
    """The type of one value: without null, without the list around it."""
    arguments = [argument for argument in typing.get_args(annotation) if argument is not type(None)]
    return _kind(arguments[0]) if arguments else annotation


def _rules(annotation: Any) -> Iterator[Matching]:
    for argument in typing.get_args(annotation):
        yield from _rules(argument)
    yield from (data for data in getattr(annotation, "__metadata__", ()) if isinstance(data, Matching))


def nonsense(field: Field) -> Iterator[Any]:
    """Values that the type of a field can't mean."""
    kind = _kind(field.info.annotation)
    rules = [*_rules(field.info.annotation), *(data for data in field.info.metadata if isinstance(data, Matching))]
    yield from NOWHERE
    for rule in rules:
        example = rule.example.strip('"')
        yield from (f"{example} ", f" {example}", f"{example}\n", f"{example}|", example * 500, *PLACEHOLDERS)
    if field.name.endswith(("cidr", "cidrs")):
        yield from NETWORKS
        # The one key where a wide network is at home.
        yield from WIDE if field.name == "cidrs" or field.name.endswith("_cidrs") else ()
    if field.name == "version":
        tag = rules[0].example[:1] if rules[0].example.startswith("v") else ""
        supported = SUPPORTED[".".join(field.path[:-1])]
        older = (0, 0, 1) if supported.first[0] == 0 else (supported.first[0] - 1, 99, 0)
        major, minor, patch = supported.last
        newer = ((supported.unknown, 0, 0), (999, 0, 0), (major, minor + 1, 0), (major, minor, patch + 1))
        yield from (tag + ".".join(map(str, version)) for version in (older, *newer))
        yield from ("latest", "stable", "main", "3.8", 3.8, 3)
    if issubclass(kind, StrEnum):
        yield from (*(member.upper() for member in kind), *NUMBERS)
    if issubclass(kind, bool):
        yield from ("true", "yes", 1)
    elif issubclass(kind, int):
        yield from NUMBERS
        bounds = limits(field)
        assert bounds is not None, f"{field.path} has no limits"
        if issubclass(kind, Quantity):
            yield from UNITS[kind]
            yield kind(bounds.most * 2).text
        else:
            yield from (bounds.least - 1, bounds.most + 1, 0.0, "12", True)


def put(stack: dict[str, Any], path: KeyPath, value: Any) -> dict[str, Any]:
    """A copy of a stack with one value exchanged, or put behind the others of a list."""
    stack = dict(stack)
    holder: Any = stack
    for key in path[:-1]:
        holder[key] = dict(holder[key])
        holder = holder[key]
    old = holder.get(path[-1])
    holder[path[-1]] = [*old, value] if isinstance(old, list) else value
    return stack


@pytest.mark.parametrize("key", [key for key in LEAVES if "tuple" in str(LEAVES[key].info.annotation)])
def test_nothing_stands_twice_in_a_list(key):
    environment, path = PLACES[key]
    holder: Any = STACKS[environment]
    for part in path:
        holder = holder[part]
    entries = [*holder, holder[-1]] if holder else []
    found = mistakes(environment, put(STACKS[environment], path, holder[-1]))
    assert [m.path[-1] for m in found if "twice" in m.problem] == [len(entries) - 1]


def test_every_field_has_a_place():
    # Not every environment may have all of them at once: other places of the same classes are there.
    assert set(KEYS) - set(PLACES) == REFUSED


CASES = [(key, number, value) for key in LEAVES for number, value in enumerate(nonsense(LEAVES[key]))]
#: Each field with one value, another one for each; the whole takes minutes.
SAMPLE = [case for index, key in enumerate(LEAVES) for case in [c for c in CASES if c[0] == key][index % 7 :: 100]]


def _told(found: list[Mistake], path: KeyPath) -> bool:
    """Whether a value at that place is refused, by messages that are messages."""
    there = [m for m in found if (str(m.path[0]).removeprefix("ballast:"), *m.path[1:])[: len(path)] == path]
    return bool(there) and not any(len(m.problem) > 400 or not m.remedy or "\n" in m.problem for m in there)


def _accepted(cases: list[tuple[str, int, Any]]) -> list[tuple[str, Any]]:
    """The cases that are accepted alone, or refused somewhere else, or with a message that is no message."""
    bad = []
    for key, _, value in cases:
        environment, path = PLACES[key]
        if not _told(mistakes(environment, put(STACKS[environment], path, value)), path):
            bad.append((key, value if len(str(value)) < 80 else str(value)[:80]))
    return bad


def _unnoticed(cases: list[tuple[str, int, Any]]) -> Iterator[tuple[str, int, Any]]:
    """The cases that are not refused in files in which every field has one of its cases.

    A rule between fields says nothing while one of them is wrong by itself: those are to be tried alone.
    """
    for (environment, _), together in groupby(sorted(cases, key=_file), key=_file):
        stack, wrong = STACKS[environment], list(together)
        for key, _, value in wrong:
            stack = put(stack, PLACES[key][1], value)
        found = mistakes(environment, stack)
        yield from (case for case in wrong if not _told(found, PLACES[case[0]][1]))


def _file(case: tuple[str, int, Any]) -> tuple[str, int]:
    key, number, _ = case
    return PLACES[key][0], number


def test_no_nonsense_is_accepted_by_any_field():
    assert _accepted(SAMPLE) == []


@pytest.mark.plans
def test_no_nonsense_of_any_kind_is_accepted_by_any_field():
    assert len(CASES) > 5000
    assert _accepted(list(_unnoticed(CASES))) == []
