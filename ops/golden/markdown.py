"""Differences of golden manifests as a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.golden.text import UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.golden.difference import Difference

MARKER = "<!-- ballast-manifest -->"
"""By it a workflow finds its own comment and edits it in place."""

LIMIT = 65_536
"""Characters that GitHub takes as the body of a comment."""

ALIAS = (
    "The live object would be deleted although it is declared: give the resource an alias "
    "(docs/delivery.md, *An object under two names*)."
)

_ROOM = 2_000
"""Characters kept for headings, fences and the words about what is left out."""

_NAMES = 5
"""Objects named above the lines that changed in all of them; the rest is counted."""


def comment(base: str, differences: Mapping[str, Difference], stale: list[str], note: str = "") -> str:
    """Return the comment.

    Args:
        base: how the base was named.
        differences: by stack, in the order in which values travel.
        stale: stacks whose golden manifest is not what the program declares.
        note: what a reader has to know of the comparison, empty where there is nothing.
    """
    changed = {stack: difference for stack, difference in differences.items() if difference}
    parts = [MARKER, "### What the program declares: golden manifests", ""]
    if stale:
        parts += [f"> Not up to date in this change: {', '.join(stale)}. `{UPDATE}` brings the files up to date.", ""]
    if note:
        parts += [f"> {note}", ""]
    if not changed:
        parts += [f"Nothing changes against `{base}` in {', '.join(differences)}."]
    for stack, difference in changed.items():
        if difference.moved:
            more = f" and {len(difference.moved) - _NAMES} more" if len(difference.moved) > _NAMES else ""
            names = ", ".join(difference.moved[:_NAMES]) + more
            parts += [f"> **{stack}**: {names}: another name or parent in Pulumi. {ALIAS}", ""]
    budget = (LIMIT - _ROOM) // max(1, len(changed))
    for stack, difference in differences.items():
        parts += [f"**{stack}**: {difference.counts or 'nothing changes'}"] if changed else []
        if difference:
            parts += ["", "<details><summary>objects</summary>", "", "```diff"]
            parts += _cut(list(_groups(difference)), budget)
            parts += ["```", "", "</details>", ""]
    return "\n".join(parts) + "\n"


def _groups(difference: Difference) -> Iterator[list[str]]:
    """Yield lines that stand together, what is lost first."""
    yield from ([f"- {line}"] for line in difference.removed)
    for lines, names in difference.changed.items():
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        yield [f"@@ {', '.join(names[:_NAMES])}{more} @@", *lines]
    # A text that stands in several objects changes in all of them: one is shown.
    shown: dict[tuple[str, ...], list[str]] = {}
    for where, inside in difference.contents.items():
        shown.setdefault(tuple(inside), []).append(where)
    for inside, places in shown.items():
        more = f" and {len(places) - _NAMES} more" if len(places) > _NAMES else ""
        yield [f"@@ inside of {', '.join(places[:_NAMES])}{more} @@", *inside]
    yield from ([f"+ {line}"] for line in difference.added)
    if difference.unlisted:
        yield ["@@ only in what is not listed @@", *(f"! {name}" for name in difference.unlisted)]


def _cut(groups: list[list[str]], budget: int) -> list[str]:
    """Return as many groups as fit, and how many don't; a group is never cut in two."""
    kept: list[str] = []
    left_out = 0
    for group in groups:
        size = sum(len(line) + 1 for line in group)
        if size > budget:
            left_out += 1
        else:
            budget -= size
            kept += group
    if left_out:
        kept.append(f"# {left_out} more changes have no room in a comment: ./ballast manifest --diff shows all of them")
    return kept
