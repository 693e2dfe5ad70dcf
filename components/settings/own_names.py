"""What a file says of its own environment, and names in it that say they are another's: such a file was copied."""

import re
from collections.abc import Collection, Iterator, Mapping

from components.settings.environment import Tier
from components.settings.environments import Environments, Member
from components.settings.fields import values
from components.settings.report import Mistake
from components.settings.stack import StackSettings

#: Keys of what one environment has of its own, by which an operator tells it from others.
_OWN = ("bucket", "replica", "role_arn", "driver_role", "permissions_boundary", "cluster_name", "context")


def contradictions(stack: StackSettings, name: str) -> Iterator[Mistake]:
    """Mistakes about what a stack is, where its values come from and whose things it names; paths begin at the stack.

    Args:
        stack: A stack, possibly partial.
        name: Its name.
    """
    given: Mapping[str, object] = vars(stack)
    tier, named = given.get("tier"), set(Tier) & _words(name)
    if given.get("promotes_from") == name:
        # In the words in which it is told beside other files, so that it is told once.
        yield from Environments({name: Member(None, name)}).mistakes(name)
    if tier is not None and named and tier not in named:
        problem = f"is {tier}, but the stack is called {name}, and the rules that guard it are those of its tier"
        yield Mistake(("tier",), problem, f"write {min(named)}, or give the stack another name")
    if tier is not None:
        yield from _names_of_others(stack, name, set(Tier) - {tier, *_words(name)})


def _names_of_others(stack: StackSettings, name: str, others: Collection[str]) -> Iterator[Mistake]:
    for value in values(stack):
        if value.field.name in _OWN:
            for other in sorted(_words(str(value.value)).intersection(others)):
                problem = (
                    f"is {value.value}, by its name that of {other}; one environment would change what the other has"
                )
                yield Mistake(value.path, problem, f"write that of {name}")


def _words(text: str) -> set[str]:
    return set(re.split("[^a-z0-9]+", text.lower()))
