"""The environments whose stack files lie side by side, and the way of promoted values from one to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from components.settings.environment import Tier
from components.settings.explain import did_you_mean
from components.settings.report import Mistake


@dataclass(frozen=True)
class Member:
    """What one file says of its place.

    Attributes:
        tier: None where the file says none that there is.
        source: Name of the environment that it takes values from, None at the head of a chain.
        local: Whether its cluster is that of whoever runs it.
    """

    tier: Tier | None
    source: str | None
    local: bool = False


@dataclass(frozen=True)
class Environments:
    """Every environment by its name, which is the stack's.

    Each takes values from one other at most, so that the way to it is a chain. Several may take them from the same one.
    """

    members: Mapping[str, Member]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names in the order in which values come to them."""
        return tuple(sorted(self.members, key=self.place))

    def place(self, name: str) -> tuple[int, int, str]:
        """Where a name stands in that order; what has no file, or none with a tier, comes last."""
        member = self.members.get(name)
        tiers = list(Tier)
        tier = tiers.index(member.tier) if member is not None and member.tier is not None else len(tiers)
        return tier, len(self.chain(name)), name

    def chain(self, name: str) -> tuple[str, ...]:
        """The way of values to an environment: the head first, itself last."""
        way = [name]
        while (member := self.members.get(way[0])) and member.source in self.members and member.source not in way:
            way.insert(0, member.source)
        return tuple(way)

    def line(self, name: str) -> tuple[str, ...]:
        """The environments on whose way one lies, and those on its own way."""
        return tuple(other for other in self.names if name in self.chain(other) or other in self.chain(name))

    def mistakes(self, name: str) -> Iterator[Mistake]:
        """What is wrong with where an environment takes its values from."""
        member = self.members[name]
        if member.source is None:
            return
        if member.source not in self.members:
            others = [other for other in self.names if other != name]
            guess = did_you_mean(member.source, others)
            yield Mistake(
                ("promotesFrom",),
                f"is {member.source}, but no file Pulumi.{member.source}.yaml lies beside this one",
                f"did you mean `{guess}`?" if guess else f"write one of {', '.join(others)}, or leave it out",
            )
            return
        if self.members[self.chain(name)[0]].source == name:
            circle = " -> ".join((*self.chain(name), name))
            yield Mistake(
                ("promotesFrom",),
                f"closes a circle ({circle}), in which no value has a beginning",
                "leave promotesFrom out in the file where values begin",
            )
            return
        source = self.members[member.source]
        if member.tier is not None and source.tier is not None and source.tier.is_above(member.tier):
            yield Mistake(
                ("promotesFrom",),
                f"is {member.source} of tier {source.tier}, but values come to {member.tier} before {source.tier}",
                f"write an environment of tier {member.tier} or before it",
            )
