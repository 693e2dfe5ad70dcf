"""Which versions of each program the platform is written for: one table, and one rule for every `version`."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.settings.fields import values
from components.settings.report import Mistake
from components.settings.stack import StackSettings
from components.settings.versions import Release, release


@dataclass(frozen=True)
class Supported:
    """From which version on a program is known, and up to which major.

    Attributes:
        first: The first one.
        unknown: The first major that is not known: keys, calls and files may be others there.
        why: What was missing before.
    """

    first: Release
    unknown: int
    why: str = "configuration, rules and dashboards were tried with none before it"


#: By section. Where nothing is said, `first` is the minor that the stack files had when the section was last tried.
SUPPORTED = {
    "opensearch": Supported((2, 19, 1), 4, "before it a node crashes when its certificate is renewed (operator, 1460)"),
    "metricsExporter": Supported((1, 11, 0), 2),
    "qdrant": Supported((1, 19, 0), 2, "before it a collection has no memory tier (search-stores, 2.3)"),
    "chroma": Supported((1, 5, 0), 2),
    "jobs": Supported((3, 11, 0), 4, "the jobs' modules are written for Python 3.11 or later"),
    "prometheusOperator": Supported((0, 85, 0), 1),
    "prometheus": Supported((3, 14, 0), 4),
    "kubeStateMetrics": Supported((2, 20, 0), 3),
    "nodeExporter": Supported((1, 12, 0), 2),
    "alertmanager": Supported((0, 34, 0), 1),
    "collector": Supported((0, 155, 0), 1),
    "loki": Supported((3, 7, 0), 4),
    "dataPrepper": Supported((2, 12, 0), 3),
    "tempo": Supported((3, 0, 0), 4, "3.0 refuses keys of 2.x and the other way round"),
    "grafana": Supported((13, 2, 0), 14),
}


def versions_are_supported(stack: StackSettings) -> Iterator[Mistake]:
    """A mistake for each version that is older than what the platform is written for, or of a major that is unknown."""
    for given in values(stack):
        if given.field.name != "version":
            continue
        supported = SUPPORTED[".".join(given.field.path[:-1])]
        version, first = release(given.value), ".".join(map(str, supported.first))
        known = f"from {first} on and below {supported.unknown}.0.0"
        if version is None:
            yield Mistake(given.path, f"is {given.value}, which begins with no number", f"write a version {known}")
        elif version < supported.first:
            problem = f"is {given.value}, too old for what is written for it: {supported.why}"
            yield Mistake(given.path, problem, f"write a version {known}")
        elif version[0] >= supported.unknown:
            problem = f"is {given.value}, of a newer major than is known here"
            yield Mistake(given.path, problem, f"write a version {known}")
