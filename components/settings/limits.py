"""How small and how large each quantity and each count may be: one table, and one rule for every field."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.settings.fields import Field, values
from components.settings.quantities import Quantity
from components.settings.report import Mistake
from components.settings.stack import StackSettings

_MI, _GI, _TI = 2**20, 2**30, 2**40
_MINUTE, _DAY = 60, 86400
#: Health records are kept for 30 years, which is the longest that any law asks for.
_LONGEST = 30 * 366 * _DAY


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


_SERVER = Limits(10, 64_000, "no pod of this platform uses more than 64 processors, and 10m are what an idle one takes")
_HELPER = Limits(
    10, 8_000, "it is one small process; were the m of 500m forgotten, 500 whole processors would be asked"
)
#: The smallest and the largest volume of EBS (gp3); other clouds' are within.
_DISK = Limits(_GI, 64 * _TI, "below 1Gi no file system leaves room for data, and no cloud has volumes above 64Ti")
_PROGRAM = Limits(32 * _MI, _TI, "no program of this platform starts with less, and no node has more to give")
_KEPT = Limits(2 * 3600, _LONGEST, "what is kept is cut into blocks of 2 hours, and no law asks for more than 30 years")
_COPIES = Limits(1, 20, "more would wait for each other rather than share the work")


def _memory(least: int, why: str) -> Limits:
    return Limits(least, _TI, f"{why}, and no node has more than 1Ti to give")


#: By the end of a field's path, `*` for names of entries; the longest end that is here counts.
LIMITS: dict[str, Limits] = {
    "cpu": _SERVER,
    "memory": _PROGRAM,
    "disk": _DISK,
    "size": _DISK,
    "retention": _KEPT,
    # The rest is judged against the recovery point.
    "recovery.retention": Limits(10 * _MINUTE, _LONGEST, "no law asks for more than 30 years"),
    "replicas": _COPIES,
    "nodes": Limits(1, 100, "a store of more nodes is several"),
    "dailyVolume": Limits(_MI, 16 * _TI, "one process takes what a day brings"),
    "recoveryPoint": Limits(
        10 * _MINUTE, 7 * _DAY, "snapshots run every half of it, not more often than every 5m and not less than weekly"
    ),
    "recoveryTime": Limits(5 * _MINUTE, 7 * _DAY, "a restore begins with pods that start, and people wait for its end"),
    **{
        f"{section}.cpu": _HELPER
        for section in (
            "console",
            "metricsExporter",
            "prometheusOperator",
            "kubeStateMetrics",
            "nodeExporter",
            "alertmanager",
            "grafana",
            "collector.agent",
        )
    },
    # A JVM: the runtime and its buffers leave no room beside the smallest sensible heap.
    "opensearch.pools.*.memory": _memory(_GI, "a node needs at least 1Gi"),
    # From 32Gi on Java loses compressed object pointers.
    "opensearch.pools.*.heap": Limits(
        256 * _MI, 31 * _GI, "OpenSearch doesn't start with less, and from 32Gi on Java holds less than with 31Gi"
    ),
    "opensearch.pools.*.nodes": Limits(0, 100, "0 is a pool on its way out, and a store of more than 100 is several"),
    "opensearch.replicas": Limits(0, 20, "each copy takes a node and its disk"),
    "opensearch.indexes.*.shards": Limits(1, 1024, "OpenSearch takes no more for an index"),
    "opensearch.indexes.*.deleteAfter": Limits(
        _DAY, _LONGEST, "an index is written for a day, and no law asks for more than 30 years"
    ),
    "console.memory": _memory(512 * _MI, "Node.js needs 512Mi for Dashboards"),
    "dataPrepper.memory": _memory(512 * _MI, "half of it is Java's heap"),
    # Segments and write-ahead logs leave no room for vectors below it.
    "qdrant.memory": _memory(512 * _MI, "a node needs at least 512Mi"),
    "qdrant.replication": Limits(1, 20, "each copy takes a node and its disk"),
    "qdrant.collections.*.shards": Limits(1, 1000, "each has a write-ahead log and a thread of its own"),
    "qdrant.collections.*.vector.size": Limits(1, 65536, "Qdrant takes no more dimensions"),
    "qdrant.collections.*.vectors.*.size": Limits(1, 65536, "Qdrant takes no more dimensions"),
    "chroma.memory": _memory(256 * _MI, "Chroma doesn't start with less"),
    "volumes.*.disk": _DISK,
    "prometheus.memory": _memory(256 * _MI, "its caches and its log take as much"),
    # A series is stale after five minutes, and two scrapes may be lost.
    "prometheus.scrapeInterval": Limits(5, 2 * _MINUTE, "above 2m gaps show, below 5s targets do little else"),
    "prometheus.series": Limits(
        1000, 50_000_000, "the platform alone has more than 1000, and one process holds no more"
    ),
    "prometheus.replicas": Limits(1, 4, "each scrapes everything"),
    "loki.retention": Limits(_DAY, _LONGEST, "its index is cut by days, and no law asks for more than 30 years"),
    "loki.streams.*.retention": Limits(
        _DAY, _LONGEST, "its index is cut by days, and no law asks for more than 30 years"
    ),
    "loki.memory": _memory(256 * _MI, "its caches and its log take as much"),
    "tempo.memory": _memory(256 * _MI, "its caches and its log take as much"),
    # Tempo looks for new blocks every five minutes; a trace must be there for longer than it takes to be found.
    "tempo.retention": Limits(
        3600,
        _LONGEST,
        "a trace that is deleted sooner can hardly be looked at, and nobody looks at one of 30 years ago",
    ),
    "alertmanager.replicas": Limits(1, 5, "each tells all others what was sent"),
    # Alertmanager calls three times as often, each time up to a minute late (observability, 2.6), and one call may be
    # lost: two calls, two minutes and a minute apart each, are six minutes.
    "alertmanager.heartbeat.patience": Limits(
        6 * _MINUTE,
        _DAY,
        "a third of it and a minute lie between two calls, one may be lost, and people wait for the news",
    ),
    "collector.gateway.replicas": Limits(1, 50, "each has a disk of its own"),
    "collector.gateway.memory": _memory(128 * _MI, "spans wait in it"),
    "collector.sampling.percent": Limits(0, 100, "it is a share"),
    "collector.sampling.slow": Limits(1, 5 * _MINUTE, "no caller waits for longer"),
    # Spans of a trace wait in memory (observability, 2.4 has 30 s).
    "collector.sampling.wait": Limits(1, 2 * _MINUTE, "all spans wait in memory meanwhile"),
    "cluster.apiServer.port": Limits(1, 65535, "a port is a number of 16 bits"),
}


def limits(field: Field) -> Limits | None:
    """What a field takes at least and at most; None for one that is neither a quantity nor a count."""
    ends = (".".join(field.path[start:]) for start in range(len(field.path)))
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
