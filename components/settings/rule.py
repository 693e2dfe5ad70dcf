"""What a rule over several values is, and what several rule modules share."""

from collections.abc import Callable, Iterable

from components.settings.report import Mistake
from components.settings.stack import StackSettings

#: Finds mistakes in a stack, paths beginning at the stack; what it needs may be unread (`NotReadError`).
Rule = Callable[[StackSettings], Iterable[Mistake]]

#: Nodes that survive the loss of one with a majority, and the zones that keep such a loss to one.
QUORUM = 3
