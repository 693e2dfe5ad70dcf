"""What the stack file's language takes from the folder of a program: its description there is the only one."""

from dataclasses import dataclass

from components.settings.rule import Rule
from components.settings.transition import TransitionRule


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program of the platform, or several that stand in one folder.

    Attributes:
        section: Its key in the stack file.
        rules: What must be true of its settings.
        transitions: What may follow what it has written already.
    """

    section: str
    rules: tuple[Rule, ...] = ()
    transitions: tuple[TransitionRule, ...] = ()
