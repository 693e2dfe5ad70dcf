"""How small and how large each quantity and each count may be: what all share here, the rest beside each program."""

import functools
from collections.abc import Iterator

from components.settings.fields import Field, values
from components.settings.limit import DAY, GI, LONGEST, MI, MINUTE, TI, Limits
from components.settings.programs import DESCRIBED
from components.settings.quantities import Quantity
from components.settings.report import Mistake
from components.settings.stack import StackSettings

#: The smallest and the largest volume of EBS (gp3); other clouds' are within.
_DISK = Limits(GI, 64 * TI, "below 1Gi no file system leaves room for data, and no cloud has volumes above 64Ti")

#: By the end of a field's path, `*` for names of entries; the longest end that is here counts.
_SHARED: dict[str, Limits] = {
    "cpu": Limits(
        10, 64_000, "no pod of this platform uses more than 64 processors, and 10m are what an idle one takes"
    ),
    "memory": Limits(32 * MI, TI, "no program of this platform starts with less, and no node has more to give"),
    "disk": _DISK,
    "size": _DISK,
    "retention": Limits(
        2 * 3600, LONGEST, "what is kept is cut into blocks of 2 hours, and no law asks for more than 30 years"
    ),
    # The rest is judged against the recovery point.
    "recovery.retention": Limits(10 * MINUTE, LONGEST, "no law asks for more than 30 years"),
    "recoverableFor": Limits(DAY, LONGEST, "S3 counts whole days, and no law asks for more than 30 years"),
    "replicas": Limits(1, 20, "more would wait for each other rather than share the work"),
    "nodes": Limits(1, 100, "a store of more nodes is several"),
    "dailyVolume": Limits(MI, 16 * TI, "one process takes what a day brings"),
    "recoveryPoint": Limits(
        10 * MINUTE, 7 * DAY, "snapshots run every half of it, not more often than every 5m and not less than weekly"
    ),
    "recoveryTime": Limits(5 * MINUTE, 7 * DAY, "a restore begins with pods that start, and people wait for its end"),
    "cluster.timeout": Limits(
        MINUTE, DAY, "a pod takes a minute to be placed, pulled and ready, and nobody waits for one longer than a day"
    ),
    "cluster.apiServer.port": Limits(1, 65535, "a port is a number of 16 bits"),
}
LIMITS = _SHARED | {end: bounds for program in DESCRIBED for end, bounds in program.limits.items()}


def limits(field: Field) -> Limits | None:
    """What a field takes at least and at most; None for one that is neither a quantity nor a count."""
    return _limits(field.path)


@functools.cache
def _limits(path: tuple[str, ...]) -> Limits | None:
    ends = (".".join(path[start:]) for start in range(len(path)))
    return next((LIMITS[end] for end in ends if end in LIMITS), None)


def values_within_their_limits(stack: StackSettings) -> Iterator[Mistake]:
    """A mistake for each quantity and each count that can't be meant."""
    for given in values(stack):
        value, bounds = given.value, limits(given.field)
        if bounds is None or not isinstance(value, int) or bounds.least <= value <= bounds.most:
            continue
        small = value < bounds.least
        bound = _written(value, bounds.least if small else bounds.most)
        problem = f"is {value}, and must be at {'least' if small else 'most'} {bound}: {bounds.why}"
        yield Mistake(given.path, problem, f"write {bound} or {'more' if small else 'less'}")


def _written(like: int, number: int) -> str:
    """A number with the unit of another."""
    if isinstance(like, Quantity):
        return type(like)(number).text
    return str(number)
