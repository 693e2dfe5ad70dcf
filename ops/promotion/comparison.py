"""The comparison of stack files by marker: a row for every key of any of them, with what follows for the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.environments import Environments, Member
from components.settings.fields import fields
from components.settings.markers import Bound, Promoted, Scaled, ScaleRule
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings
from ops.promotion.environment_view import EnvironmentView
from ops.promotion.row import Row, Verdict
from ops.promotion.verdicts import Findings, bound, promoted, scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from components.settings.document import Document
    from components.settings.markers import Secret
    from components.settings.promotion import Leaf

    Key = tuple[str, ...]


def compare(
    stacks: Mapping[str, StackSettings],
    source: str,
    target: str,
    documents: Mapping[str, Document],
) -> list[Row]:
    """Compare environments key by key.

    Args:
        stacks: Valid settings of the source, the target and of every other environment that could be read, which are
            searched for repeated resources; in the order in which values come to them.
        source: Where promoted values come from.
        target: Where they go to.
        documents: The files that the settings were read from.

    Returns:
        A row for each key that any of them has in effect, in the models' order and entries in the order in which the
        environments first name them; secrets at the end, by presence.
    """
    views = {env: EnvironmentView(env, stacks[env], documents[env]) for env in stacks}
    order = Environments({env: Member(stack.tier, stack.promotes_from) for env, stack in stacks.items()})
    rows = [_row(key, leaf, views, source, target, order) for key, leaf in _union(views.values())]
    return rows + [_secret(name, secret, views, target) for name, secret in SECRETS.items()]


def _union(views: Iterable[EnvironmentView]) -> Iterator[tuple[Key, Leaf]]:
    """Every key that any side has, in the order that compare() promises."""
    order = {field.path: position for position, field in enumerate(fields(StackSettings))}
    found: dict[Key, Leaf] = {}
    for side in views:
        found = side.leaves | found
    seen: dict[Key, int] = {}
    for side in views:
        for key in side.leaves:
            for length in range(1, len(key) + 1):
                seen.setdefault(key[:length], len(seen))

    def place(key: Key) -> list[int]:
        path = found[key].field.path
        return [seen[key[: i + 1]] if path[i] == "*" else order[path[: i + 1]] for i in range(len(key))]

    for key in sorted(found, key=place):
        yield key, found[key]


def _row(
    key: Key, leaf: Leaf, views: Mapping[str, EnvironmentView], source: str, target: str, order: Environments
) -> Row:
    cells = {env: side.cell(key) for env, side in views.items()}
    pair = views[source], views[target]
    match leaf.marker:
        case Promoted() as marker:
            findings = promoted(key, leaf, marker, *pair)
        case Scaled(rule):
            above, below = sorted((source, target), key=order.place)
            beside = order.place(above)[:2] == order.place(below)[:2]
            findings = scaled(key, leaf, ScaleRule.FREE if beside else rule, views[above], views[below])
        case Bound(unique=True):
            others = [side for side in views.values() if side not in pair]
            findings = bound(key, *pair, others)
        case _:
            findings = Findings(Verdict.BOUND, "bound")
    return Row(
        key, leaf.marker, cells, findings.verdict, findings.words, findings.change, findings.section, field=leaf.field
    )


def _secret(name: str, secret: Secret, views: Mapping[str, EnvironmentView], target: str) -> Row:
    cells = {env: side.secret(name) for env, side in views.items()}
    needed = secret.section is None or views[target].has(tuple(secret.section.split(".")))
    if cells[target].is_written:
        verdict, words = Verdict.PRESENT_SECRET, "present"
    elif needed:
        verdict, words = Verdict.MISSING_SECRET, "missing secret"
    else:
        verdict, words = Verdict.PRESENT_SECRET, "not needed"
    return Row((name,), secret, cells, verdict, words)
