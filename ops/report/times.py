"""How long a preview says that data is kept, before and after, and what of it gets shorter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.kept import KEPT_FOR, PLATFORM, read_kept, shortened
from ops.report.digest import Op
from ops.report.findings import Finding, Rank
from ops.report.kinds import Holds, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from components.settings.kept import Kept
    from ops.report.digest import State, Step
    from ops.report.waivers import Waiver

_SETTING = Kind("time", Holds.DATA, "what is older than the new time")


@dataclass(frozen=True)
class Times:
    """What a stack keeps, before a change and after it.

    Attributes:
        urn: The resource that says so.
        before: What is kept now; empty where the stack is new.
        after: What would be.
    """

    urn: str
    before: list[Kept]
    after: list[Kept]


def times_of(steps: Iterable[Step]) -> Times | None:
    """Read the times out of a preview; None where it doesn't say both, so that nothing can be compared."""
    # A refresh says twice what was: the program has not spoken yet.
    said = [s for s in steps if s.op is not Op.REFRESH and s.urn.split("::")[2].rpartition("$")[2] == PLATFORM]
    old = next((step.old_state for step in said if step.old_state), None)
    new = next((step for step in said if step.new_state), None)
    before = _kept(old) if old else []
    after = _kept(new.new_state) if new else None
    return None if new is None or before is None or after is None else Times(new.urn, before, after)


def _kept(state: State | None) -> list[Kept] | None:
    return read_kept(state.inputs.get(KEPT_FOR)) if state else None


def shorter(times: Times, stack: str, waivers: Mapping[tuple[str, str, str], Waiver]) -> list[Finding]:
    """One finding for each key of the stack file that makes something be kept for a shorter time.

    Args:
        times: Before and after.
        stack: The stack.
        waivers: Those in force by stack, URN and operation.
    """
    notes: dict[str, list[str]] = {}
    for one in shortened(times.before, times.after):
        notes.setdefault(one.key, []).append(f"{one.what}: {one.was} -> {one.now}")
    return [
        Finding(
            stack=stack,
            urn=(urn := f"{times.urn}#{key}"),
            operation="shorten",
            rank=Rank.SHORTER,
            kind=_SETTING,
            name=key,
            notes=tuple(said),
            waiver=waivers.get((stack, urn, "shorten")),
        )
        for key, said in notes.items()
    ]
