"""Rules against what is written twice: entries of a list, and logs that two streams would keep."""

from collections.abc import Iterator

from components.settings.fields import values
from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


def _lists_name_each_once(stack: StackSettings) -> Iterator[Mistake]:
    for given in values(stack):
        entries = given.value if isinstance(given.value, tuple) else ()
        for index, entry in enumerate(entries):
            if entry in entries[:index]:
                yield Mistake((*given.path, index), f"{entry} is named twice", "name each once")


TWICE_RULES: tuple[Rule, ...] = (_lists_name_each_once,)
