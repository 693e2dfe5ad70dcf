"""How small and how large one quantity or count may be, and the bounds that several folders share."""

from dataclasses import dataclass

MI, GI, TI = 2**20, 2**30, 2**40
MINUTE, DAY = 60, 86400
#: Health records are kept for 30 years, which is the longest that any law asks for.
LONGEST = 30 * 366 * DAY


@dataclass(frozen=True)
class Limits:
    """The least and the most that a field takes, both included.

    Attributes:
        least: The smallest value.
        most: The largest one.
        why: Where the two come from, as the end of a sentence.
    """

    least: int
    most: int
    why: str


HELPER = Limits(10, 8_000, "it is one small process; were the m of 500m forgotten, 500 whole processors would be asked")
HELPER_MEMORY = Limits(64 * MI, 64 * GI, "idle it takes 50Mi, and it holds what one cluster tells, not its data")
HELPER_DISK = Limits(GI, TI, "it holds what a few people and programs note, and no data")
COPIES = Limits(0, 20, "each copy takes a node and its disk")
CACHES = Limits(256 * MI, TI, "its caches and its log take as much, and no node has more than 1Ti to give")


def memory(least: int, why: str) -> Limits:
    """The bounds of the memory of one pod: no node has more than 1Ti to give."""
    return Limits(least, TI, f"{why}, and no node has more than 1Ti to give")
