"""What a preview doesn't show of a change: outputs that are known only after the update, and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ops.report.digest import Step

_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for an output that the engine knows after the update only."""


def unseen(step: Step, old: Mapping[str, Any], new: Mapping[str, Any], decides: Callable[[str], bool]) -> Iterator[str]:
    """Say which guards change in a way that nobody can judge: what they become is not known yet, or not shown.

    Args:
        step: What the engine would do.
        old: Every value before it, by path.
        new: Every value after it, by path.
        decides: Whether the value at a path guards data.
    """
    for path, value in new.items():
        hidden = [one for one in old if value == _UNKNOWN and f"{one}.".startswith((f"{path}.", f"{path}["))]
        if any(decides(one) for one in hidden):
            yield f"{code(path)} can't be judged before it is applied"
    for path in step.detailed_diff or ():
        if decides(path) and path not in old and path not in new and _hidden(path, {**old, **new}):
            yield f"{code(path)} changes, and can't be judged: its value is not shown"


def _hidden(path: str, leaves: Mapping[str, Any]) -> bool:
    """Whether nothing is shown beside a path, or something above it is one secret."""
    return not leaves or any(path.startswith((f"{one}.", f"{one}[")) for one in leaves)
