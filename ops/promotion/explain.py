"""Everything about one key: what it means, how it travels, what each environment has, and who watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.environment import NAMESPACE
from components.settings.explain import did_you_mean
from components.settings.markers import Bound, Marker, Promoted, Scaled, Secret
from ops.errors import RefusedError
from ops.promotion.ages import NOT_COMMITTED
from ops.promotion.row import Standing, Verdict
from ops.promotion.verdicts import has_order, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.promotion.row import Row
    from ops.promotion.view import View

#: Characters of a value where it stands on a line of its own.
_WIDEST = 160
_STEPS = {
    "major": "at most one major version at a time",
    "minor": "at most one minor version at a time",
    "patch": "one patch at a time",
}


def explain(name: str, rows: Sequence[Row], view: View) -> str:
    """Explain one key.

    Args:
        name: The key with dots, with or without `ballast:`, or a section, whose keys are then listed.
        rows: The comparison.
        view: Which environments, and their values' ages.

    Raises:
        RefusedError: No environment has such a key; with the one that was probably meant.
    """
    wanted = name.removeprefix(f"{NAMESPACE}:")
    row = next((row for row in rows if row.name == wanted), None)
    if row is not None:
        return "\n".join(_lines(row, view)) + "\n"
    below = [row.name for row in rows if row.name.startswith(f"{wanted}.")]
    if below:
        return f"{NAMESPACE}:{wanted} is a section; explain one of its keys:\n" + "".join(f"  {key}\n" for key in below)
    known = dict.fromkeys(".".join(row.key[:length]) for row in rows for length in range(1, len(row.key) + 1))
    guess = did_you_mean(wanted, known)
    hint = f"Did you mean `{guess}`?" if guess else "docs/settings.md lists all keys."
    raise RefusedError(f"no environment has the key `{wanted}`. {hint}")


def _lines(row: Row, view: View) -> Iterator[str]:
    yield f"{NAMESPACE}:{row.name}"
    yield _line("class", f"{row.travels}: {_rule(row.key, row.marker)}")
    yield _line("meaning", row.meaning)
    for environment in view.environments:
        yield _line(environment, _state(row, environment, view))
    yield _line("verdict", row.words)
    yield _line("promote", _promotion(row, view))
    yield _line("watched by", _gates(row.marker))


def _line(head: str, text: str) -> str:
    return f"  {head:<11}{text}"


def _rule(key: tuple[str, ...], marker: Marker) -> str:
    match marker:
        case Promoted():
            rules = ["becomes equal in one environment after the other"]
            if has_order(key, marker):
                rules.append("never goes back" if marker.irreversible else "goes back only on request")
            rules += [_STEPS[marker.max_step]] if marker.max_step else []
            return "; ".join(rules)
        case Bound(unique=True):
            return "belongs to one environment, is never copied, and no other may have the same value"
        case Scaled(rule):
            return f"a size of each environment, {rule.value}; reported and never copied"
        case Secret():
            return "only whether the file holds it is known; never read, compared or moved"
        case _:
            return "belongs to one environment and is never copied"


def _state(row: Row, environment: str, view: View) -> str:
    cell = row.cells.get(environment)
    if cell is None:
        return "its file could not be read"
    if cell.is_absent:
        return "missing" if isinstance(row.marker, Secret) else "no such section or entry"
    value = "present" if isinstance(row.marker, Secret) else shown(cell.value, _WIDEST)
    if cell.standing is Standing.DEFAULT:
        return f"{value} (default: the file leaves it out)"
    age = view.age(row, environment)
    if age.since is not None:
        return f"{value} ({age.spoken(view.now)}, since {age.since:%Y-%m-%d %H:%M} UTC)"
    return f"{value} ({age.note if age.note == NOT_COMMITTED else f'age not known: {age.note}'})" if age.note else value


def _promotion(row: Row, view: View) -> str:
    file = f"Pulumi.{view.target}.yaml"
    if row.verdict is Verdict.MISSING_SECRET:
        command = f"pulumi config set --secret {NAMESPACE}:{row.name} --stack {view.target}"
        return f"would not touch it; a person sets it: {command}"
    if row.change is None:
        return f"would not touch it in {file}"
    if row.verdict is Verdict.OLDER:
        never = isinstance(row.marker, Promoted) and row.marker.irreversible
        return f"is refused{'; the way back is a restored snapshot' if never else ' without --allow-downgrade'}"
    if row.change.is_removal:
        return f"would remove it from {file}"
    return f"would write {shown(row.change.value, _WIDEST)} into {file}"


def _gates(marker: Marker) -> str:
    """The gates of `ballast promote` that look at a key of this marker."""
    match marker:
        case Promoted():
            return "chain, order, validity, retention, not blocked, proven, buildable"
        case Bound(unique=True):
            return "identity"
        case Scaled():
            return "this comparison (`--check` fails when the rule is broken)"
        case Secret():
            return "`pulumi up`, which refuses a stack without it"
        case _:
            return "nothing beyond the checks of its own file"
