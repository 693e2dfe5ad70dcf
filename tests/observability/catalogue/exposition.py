"""Names and labels out of the text format of Prometheus, and the files in which they are kept."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"')

BY_PROMETHEUS = frozenset({"job", "instance", "namespace", "pod", "container", "endpoint", "node"})
"""Labels that every series of a pod gets when Prometheus asks it."""


@dataclass(frozen=True)
class Series:
    """What is known of a metric."""

    labels: frozenset[str] = frozenset()


def series_of(exposed: str) -> dict[str, Series]:
    """Return every name that has a value, histograms with their suffixes, with all labels seen there."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in exposed.splitlines():
        sample = None if line.startswith("#") else _SAMPLE.match(line)
        if sample:
            found[sample[1]] |= set(_LABEL.findall(sample[2] or ""))
    return {name: Series(frozenset(labels)) for name, labels in found.items()}


def merged(*catalogues: dict[str, Series]) -> dict[str, Series]:
    """Return the union; a metric in several has the labels of all."""
    found: dict[str, frozenset[str]] = {}
    for catalogue in catalogues:
        for name, series in catalogue.items():
            found[name] = found.get(name, frozenset()) | series.labels
    return {name: Series(labels) for name, labels in found.items()}


def written(catalogue: dict[str, Series], origin: str) -> str:
    """Return a catalogue as a file: a line for its origin, then a line per metric, the name before its labels."""
    lines = [f"# {origin}", *(" ".join([name, *sorted(series.labels)]) for name, series in sorted(catalogue.items()))]
    return "\n".join(lines) + "\n"


def read(path: Path) -> dict[str, Series]:
    """Return what a file of the catalogue says."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {name: Series(frozenset(labels)) for name, *labels in lines}


def everything() -> dict[str, Series]:
    """Return the whole catalogue."""
    return merged(*(read(path) for path in sorted(HERE.glob("*.txt"))))
