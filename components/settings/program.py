"""What the language of stack files takes from the folder of a program: its description there is the only one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from components.settings.base import Settings
from components.settings.bucket import PlaceSince
from components.settings.limit import Limits
from components.settings.markers import Secret
from components.settings.readiness import Readiness
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.transition import TransitionRule
from components.settings.versions import Supported


@dataclass(frozen=True, kw_only=True)
class Periods:
    """How a program keeps what it writes from a day on elsewhere: its section has `periods`.

    Attributes:
        places: Where its data lies, the earliest first; None where the stack has no such program.
        folder: Its folder in a bucket where it has none yet.
        first_free_day: The earliest day on which a period may begin that is written now.
    """

    places: Callable[[StackSettings], Sequence[PlaceSince] | None]
    folder: str
    first_free_day: Callable[[datetime], date]


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program of the platform, or several that stand in one folder.

    Attributes:
        pods: Sections whose sizes are those of pods beside the others of its namespace; None for one that is left out.
        rules: What must be true of its settings.
        transitions: What may follow what it has written already.
        limits: How small and how large its quantities and counts may be, where that is not said for all alike; by the
            end of a field's path, `*` for names of entries.
        supported: Which versions it is written for, by section.
        moves: By section, how its data is kept elsewhere from a day on, or why not and what a person can do.
        secrets: What must be kept secret, by the name that follows `ballast:` in the stack file.
        ready: What production has of it beside what the rules demand.
    """

    pods: Callable[[StackSettings], Iterable[Settings | None]] = lambda _: ()
    rules: tuple[Rule, ...] = ()
    transitions: tuple[TransitionRule, ...] = ()
    limits: Mapping[str, Limits] = field(default_factory=dict)
    supported: Mapping[str, Supported] = field(default_factory=dict)
    moves: Mapping[str, Periods | str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    ready: tuple[Readiness, ...] = ()
