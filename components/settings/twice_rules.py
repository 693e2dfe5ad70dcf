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


def _entries_are_about_different_things(stack: StackSettings) -> Iterator[Mistake]:
    said = [(("images", "mirrors", name, "registry"), one.registry) for name, one in stack.images.mirrors.items()]
    said += [(("wideNetworks", name, "cidr"), one.cidr) for name, one in stack.wide_networks.items()]
    first: dict[tuple[str, str], str] = {}
    for path, what in said:
        other = first.setdefault((path[0], what), path[-2])
        if other != path[-2]:
            yield Mistake(path, f"is {what}, as that of {other}, and only one of the two could count", "remove one")


TWICE_RULES: tuple[Rule, ...] = (_lists_name_each_once, _entries_are_about_different_things)
