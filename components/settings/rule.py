"""What a rule over several values is, and what several rule modules share."""

from collections.abc import Callable, Iterable, Iterator

from pydantic.alias_generators import to_camel

from components.settings.report import Mistake
from components.settings.stack import StackSettings
from components.settings.texts import numbers

#: Finds mistakes in a stack, paths beginning at the stack; what it needs may be unread (`NotReadError`).
Rule = Callable[[StackSettings], Iterable[Mistake]]

#: Nodes that survive the loss of one with a majority, and the zones that keep such a loss to one.
QUORUM = 3


def supported_major(section: str, major: int) -> Rule:
    """A rule that a program is of the major version its configuration is written for: another would not start.

    Args:
        section: Field of the stack that declares the program; a program that is left out keeps the rule.
        major: The major version.
    """

    def rule(stack: StackSettings) -> Iterator[Mistake]:
        settings = getattr(stack, section)
        if settings is not None and numbers(settings.version)[0] != major:
            yield Mistake(
                (to_camel(section), "version"),
                f"is {settings.version}, but its configuration is written for {major}.x and another would not start",
                f"write a version of {major}.x",
            )

    return rule
