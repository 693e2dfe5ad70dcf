"""Documents as `pulumi preview --json` writes them, step by step."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from components.settings.kept import KEPT_FOR, PLATFORM, kept_for
from tests.harness.declare import stack_settings

if TYPE_CHECKING:
    from components.settings.kept import Kept


def urn(token: str, name: str, stack: str = "prod") -> str:
    """The URN of a resource of this project."""
    return f"urn:pulumi:{stack}::ballast::{token}::{name}"


def state(token: str, name: str, *, identity: str = "", inputs: Any = None, **flags: bool) -> dict[str, Any]:
    """A resource's state; flags are those that the engine writes only where they are true."""
    written = {key: True for key, value in flags.items() if value}
    given = {"inputs": {"metadata": {"name": name}} if inputs is None else inputs}
    return {"urn": urn(token, name), "type": token, "custom": True, "id": identity or f"data/{name}"} | given | written


def step(  # noqa: PLR0913 - what a step of the engine may hold
    op: str,
    token: str,
    name: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    changed: dict[str, str] | None = None,
    reasons: tuple[str, ...] = (),
    stack: str = "prod",
) -> dict[str, Any]:
    """One step; both states are there as far as the operation has them, unless given.

    Args:
        op: as the engine writes it.
        token: the resource's type.
        name: its name in the program.
        old: state before.
        new: state after.
        changed: kind of change by property path.
        reasons: properties that force a replacement.
        stack: its stack.
    """
    written: dict[str, Any] = {"op": op, "urn": urn(token, name, stack), "detailedDiff": None}
    if op != "create":
        written["oldState"] = old or state(token, name)
    if op != "delete":
        written["newState"] = new or state(token, name)
    if changed:
        written["detailedDiff"] = {path: {"kind": kind, "inputDiff": False} for path, kind in changed.items()}
    if reasons:
        written["replaceReasons"] = list(reasons)
    return written


def times(op: str, old: Any, new: Any, stack: str = "prod") -> dict[str, Any]:
    """The step of the component that says how long everything is kept; None for a side that doesn't say it."""
    old_state, new_state = (
        state(PLATFORM, "platform", inputs={} if kept is None else {KEPT_FOR: [asdict(one) for one in kept]})
        | {"custom": False}
        for kept in (old, new)
    )
    return step(op, PLATFORM, "platform", old=old_state, new=new_state, stack=stack)


def preview(*steps: dict[str, Any], same: int = 1, errors: tuple[str, ...] = ()) -> dict[str, Any]:
    """A whole preview that ended; it lists what it counts, and as many unchanged resources as are wanted.

    The first of those is the component that says how long everything is kept.
    """
    stack = steps[0]["urn"].split(":")[2] if steps else "prod"
    kept = _kept()
    calm = [times("same", kept, kept, stack)]
    calm += [step("same", "kubernetes:core/v1:ConfigMap", f"calm-{n}", stack=stack) for n in range(1, same)]
    listed = [*steps, *calm[:same]]
    return {
        "config": {},
        "steps": listed,
        "diagnostics": [{"message": f"error: {error}", "severity": "error"} for error in errors],
        "duration": 1_000_000_000,
        "changeSummary": Counter(found["op"] for found in listed),
    }


@cache
def _kept() -> list[Kept]:
    return kept_for(stack_settings("prod"))
