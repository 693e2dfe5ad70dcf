"""One line of a comparison: what each environment has of a key, and what follows from that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from components.settings.markers import Marker, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.fields import Field
    from ops.promotion.change import Change


class Standing(StrEnum):
    """Where a value comes from."""

    WRITTEN = "written"
    DEFAULT = "default"
    ABSENT = "absent"


@dataclass(frozen=True)
class Cell:
    """What one environment has of a key.

    Attributes:
        standing: Whether its file writes the key, leaves it to its default, or has no section that would hold it.
        value: The value in effect as plain JSON, quantities in the file's spelling; None where it is absent, and of
            a secret always: only its standing is known.
    """

    standing: Standing
    value: object = None

    @property
    def is_written(self) -> bool:
        """Whether the file itself holds the key."""
        return self.standing is Standing.WRITTEN

    @property
    def is_absent(self) -> bool:
        """Whether there is no value, not even a default."""
        return self.standing is Standing.ABSENT


class Verdict(StrEnum):
    """What follows for the target; each row also says it in words."""

    SAME = "same"
    """The same value is in effect, or neither of the two has one."""
    PROMOTE = "promote"
    """Both write it and differ."""
    ADD = "add"
    """Only the source writes it, and it is promoted."""
    REMOVE = "remove"
    """Only the target writes it, and it is promoted."""
    OLDER = "older"
    """A promoted version of the source is older than the target's: a downgrade."""
    PENDING_SECTION = "pending section"
    """Part of a section that only the source has, and that needs values which only a person can write."""
    OWN_SECTION = "own section"
    """Part of such a section that only the target has: it runs what was not tried upstream."""
    BOUND = "bound"
    """Belongs to each environment."""
    REPEATED = "repeated"
    """Bound, and names a resource that another environment names too."""
    SCALED = "scaled"
    """Keeps its rule, has none to keep, or stands on one side only."""
    OUT_OF_SCALE = "out of scale"
    """Scaled, and breaks its rule."""
    PRESENT_SECRET = "present secret"  # noqa: S105 - a word, and no secret
    """A secret that the target's file holds, or needs not."""
    MISSING_SECRET = "missing secret"  # noqa: S105 - a word, and no secret
    """A secret that the target needs, and that its file does not hold."""


#: Verdicts with nothing to do: shown on request only.
QUIET = frozenset({Verdict.SAME, Verdict.BOUND, Verdict.SCALED, Verdict.PRESENT_SECRET})
#: Verdicts that break a rule between two environments, whatever is to be promoted.
BROKEN = frozenset({Verdict.OLDER, Verdict.REPEATED, Verdict.OUT_OF_SCALE})


@dataclass(frozen=True)
class Row:
    """One key over all environments.

    Attributes:
        key: Names from the stack down, as `components.settings.promotion` has them.
        marker: How it travels.
        cells: What each environment has; an environment whose file was not read has no cell.
        verdict: What follows for the target.
        words: The verdict as people read it, such as `promote 3.2.0 -> 3.3.1`.
        change: What a promotion would write, None where there is nothing to write or only a person can.
        section: For PENDING_SECTION and OWN_SECTION the section or entry that only one of the two has.
        field: What the models know of the key; None for a secret.
    """

    key: tuple[str, ...]
    marker: Marker
    cells: Mapping[str, Cell]
    verdict: Verdict
    words: str
    change: Change | None = None
    section: tuple[str, ...] = ()
    field: Field | None = None

    @property
    def name(self) -> str:
        """The key with dots, without `ballast:` before it."""
        return ".".join(self.key)

    @property
    def meaning(self) -> str:
        """What the models say of the key."""
        if isinstance(self.marker, Secret):
            return self.marker.purpose
        return self.field.meaning if self.field else ""

    @property
    def travels(self) -> str:
        """The marker in one word: promoted, bound, scaled or secret."""
        return type(self.marker).__name__.lower()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to do."""
        return self.verdict in QUIET

    @property
    def is_broken(self) -> bool:
        """Whether a rule between two environments is broken."""
        return self.verdict in BROKEN
