"""What the language of stack files takes from the folder of a program: its description there is the only one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from components.settings.base import Settings
from components.settings.limit import Limits
from components.settings.markers import Secret
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.transition import TransitionRule
from components.settings.versions import Supported


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
        secrets: What must be kept secret, by the name that follows `ballast:` in the stack file.
    """

    pods: Callable[[StackSettings], Iterable[Settings | None]] = lambda _: ()
    rules: tuple[Rule, ...] = ()
    transitions: tuple[TransitionRule, ...] = ()
    limits: Mapping[str, Limits] = field(default_factory=dict)
    supported: Mapping[str, Supported] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
