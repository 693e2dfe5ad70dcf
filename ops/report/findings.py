"""What is found in a preview: one finding per operation on a resource, ranked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.report.kinds import Kind
    from ops.report.preview import Preview
    from ops.report.waivers import Waiver


class Rank(Enum):
    """How much a finding matters; the report's order.

    Attributes:
        LOSS: data is deleted or replaced, or let go of; needs a waiver.
        TWICE: an object is deleted that another resource of the program still declares; no waiver makes that true.
        SHORTER: what is kept would be kept for a shorter time, so that the older part is deleted; needs a waiver too.
        WEAKENED: nothing is lost now, but a guard of data goes, or an object with data is gone already.
        REPLACE: an object without data is replaced.
        DELETE: an object without data is deleted.
        UPDATE: an object is changed in place.
        CREATE: an object is made.
    """

    LOSS = 1
    TWICE = 2
    SHORTER = 3
    WEAKENED = 4
    REPLACE = 5
    DELETE = 6
    UPDATE = 7
    CREATE = 8


ALLOWABLE = (Rank.LOSS, Rank.SHORTER)
"""The ranks that a waiver allows."""

TOUCHES_DATA = (Rank.LOSS, Rank.TWICE, Rank.SHORTER, Rank.WEAKENED)
"""The ranks that are shown whole and first."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One operation on one resource.

    Attributes:
        stack: The stack.
        urn: The resource.
        operation: `delete`, `replace`, `shorten`, `update` or `create`.
        rank: How much it matters.
        kind: What is known of its type.
        name: Namespace and name in the cluster where they are known, the name in the program otherwise.
        reasons: Property paths that make it necessary or that change.
        notes: What protects it, or no longer does.
        waiver: What allows the loss, None without one.
    """

    stack: str
    urn: str
    operation: str
    rank: Rank
    kind: Kind
    name: str
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    waiver: Waiver | None = None

    @property
    def refused(self) -> bool:
        """Whether it is a loss that nobody has allowed, or one that nobody can allow."""
        return self.rank is Rank.TWICE or (self.rank in ALLOWABLE and self.waiver is None)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one preview would do.

    Attributes:
        preview: What was read.
        findings: Everything that is no mere reading, by rank.
        times_judged: Whether it says how long everything is kept, before and after.
    """

    preview: Preview
    findings: tuple[Finding, ...]
    times_judged: bool
    counts: Counter[Rank] = field(init=False)

    def __post_init__(self) -> None:
        """Count once what the report asks for often."""
        object.__setattr__(self, "counts", Counter(finding.rank for finding in self.findings))

    @property
    def clean(self) -> bool:
        """Whether all of it was judged, and nothing that was found touches data or its guards."""
        return not (self.preview.failed or any(self.counts[rank] for rank in TOUCHES_DATA))

    @property
    def refused(self) -> list[Finding]:
        """The losses that nobody has allowed."""
        return [finding for finding in self.findings if finding.refused]
