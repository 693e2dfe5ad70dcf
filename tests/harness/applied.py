"""Production with the applications of docs/applications.md: the example that people copy is the one that is tested."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from components.settings.document import document_of
from components.settings.read import settings_of
from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT, STACKS, stack_settings
from tests.observability.catalogue.exposition import Series, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.applications.settings import ApplicationSettings
    from components.settings.stack import StackSettings

PAGE = PROJECT / "docs" / "applications.md"
FILE = "Pulumi.prod.yaml"


@cache
def example() -> str:
    """Return the section as it stands on the page."""
    (found,) = re.findall(r"(?ms)^```yaml\nconfig:\n(.+?)^```", PAGE.read_text(encoding="utf-8"))
    return found


def applied(section: str | None = None) -> StackSettings:
    """Return the settings of production with a section of applications, the example's unless another is given.

    Raises:
        SettingsError: with every mistake.
    """
    text = (PROJECT / FILE).read_text(encoding="utf-8")
    return settings_of(document_of(f"{text.rstrip()}\n{section or example()}", FILE), "prod", SECRETS)


APPLIED = "prod with applications"
SHOWN = (*STACKS, APPLIED)
"""What dashboards and alerts are made for in tests: each real stack, and the example."""


def shown(name: str) -> StackSettings:
    """Return the settings of a real stack, or of the example."""
    return applied() if name == APPLIED else stack_settings(name)


def full_application() -> dict[str, Any]:
    """Return a section of one application with whatever may be said of one."""

    def both(warning: str, critical: str) -> dict[str, str]:
        return {"warning": warning, "critical": critical}

    share, few, slow = both("1% for 5m", "2% for 5m"), both("2% for 5m", "1% for 5m"), both("1s for 5m", "2s at once")
    count, score = both("1 for 5m", "2 for 5m"), both("0.1 for 5m", "0.2 for 5m")
    named = {"metric": "m_seconds", "matching": ["a=b"], "failed": ["a=b"], "errors": share, "availability": "99%"}
    calls = {**named, **dict.fromkeys(("p50", "p95", "p99"), slow), "rate": both("2/s for 5m", "1/s for 5m")}
    signals = {
        "calls": {"all": calls | {"quick": {"within": "1s", "objective": "99%"}}, "web": {"convention": "http"}},
        "queues": {"all": {"waiting": "a", "oldest": "a_seconds", "matching": ["a=b"], "backlog": count, "lag": slow}},
        "pools": {"all": {"used": "a", "most": "b", "matching": ["a=b"], "share": share, "count": count}},
        "caches": {"all": {"hits": "a_total", "misses": "b_total", "matching": ["a=b"], "hitRatio": few}},
        "quality": {
            "all": {"metric": "a", "matching": ["a=b"], "least": both("0.2 for 5m", "0.1 for 5m"), "most": score}
        },
        "counts": {"all": {"metric": "a", "matching": ["a=b"], "by": "c"}},
        "degraded": {"metric": "a", "warning": "at once"},
        "pods": {"deployments": ["a"], "down": "for 1m", "uptime": "95%", "cpu": share, "memory": share},
        "spend": {
            "day": both("$1", "$2"),
            "month": both("$1", "$2"),
            "againstAverage": both("2x", "3x"),
            "sharedBy": "all",
        },
    }
    return {"full": {"namespace": "a", "team": "search", "services": ["a"], "signals": signals}}


def declared(stack: StackSettings) -> dict[str, Series]:
    """Return the metrics of their own that applications name in a stack file, with the labels that they name."""
    told = [pair for application in stack.applications.values() for pair in _named(application)]
    return merged(*({name: Series(frozenset({"service_name", "le", *labels}))} for name, labels in told))


def _named(application: ApplicationSettings) -> Iterator[tuple[str, list[str]]]:
    signals = application.signals
    entries: list[Any] = [*signals.counts.values()]
    entries += [*signals.queues.values(), *signals.pools.values(), *signals.caches.values(), *signals.quality.values()]
    for calls in signals.calls.values():
        labels = [text.partition("=")[0] for text in (*calls.matching, *calls.failed)]
        yield from ((f"{calls.metric}_{series}", labels) for series in ("bucket", "count") if calls.metric)
    for entry in entries:
        labels = [text.partition("=")[0] for text in entry.matching]
        labels += [entry.by] if getattr(entry, "by", None) else []
        names = (getattr(entry, key, None) for key in ("waiting", "oldest", "used", "most", "hits", "misses", "metric"))
        yield from ((name, labels) for name in names if isinstance(name, str))
    if signals.degraded is not None:
        yield signals.degraded.metric, []
