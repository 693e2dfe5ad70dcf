"""How long a real Prometheus takes for all rules of production and of the example's applications, beside its interval.

Every metric that a rule asks for is told by sixty pods, under as many labels as the catalogue knows; the floor is the
same Prometheus with the rules of one small room.
"""

from __future__ import annotations

import itertools
import re
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from components.composition.rooms import offered
from tests.harness.alert_timelines import known
from tests.harness.applied import APPLIED, applied
from tests.live.alerting import Alerting
from tests.observability.catalogue.judge import metrics_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PODS = 60
EACH = 2
"""Values of every other label."""

MOST = 600
"""Series of one metric."""

PACE, SECONDS = "10s", 45
AIM = 0.1
"""Share of the interval that the evaluation of all groups may take."""


def show() -> None:
    """Print the figures."""
    rooms = offered(applied())
    print("rules of production and of the example's applications, in a real Prometheus")
    print(f"{'':<22}{'rules':>7}{'series':>9}{'a round':>11}{'of the interval':>17}{'aim':>7}")
    for title, names in (("all rooms", {one.name for one in rooms}), ("floor: one room", {"chroma"})):
        count = sum(len(group["rules"]) for one in rooms if one.name in names for group in one.groups(""))
        series, took = measured(names)
        share = took / applied().prometheus.scrape_interval
        print(f"{title:<22}{count:>7}{series:>9}{took * 1000:>8.0f} ms{share:>16.2%}{AIM:>7.0%}")


def measured(rooms: Collection[str]) -> tuple[int, float]:
    """Return how many series there are, and the seconds of one round of all groups."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as scratch:
        running = Alerting(Path(scratch), rooms, PACE)
        running.page.values = dict.fromkeys(_told(), 1.0)
        with running:
            time.sleep(SECONDS)  # until rates have what they are made of
            with urllib.request.urlopen(f"{running.replica.url}/metrics", timeout=30) as answer:  # noqa: S310 - loopback
                text = answer.read().decode()
    took = re.findall(r"^prometheus_rule_group_last_duration_seconds\{.+\} (\S+)$", text, re.MULTILINE)
    (head,) = re.findall(r"^prometheus_tsdb_head_series (\S+)$", text, re.MULTILINE)
    return int(float(head)), sum(map(float, took))


def _told() -> Iterator[str]:
    """Every series that some rule asks for, as many times as production's pods would tell it."""
    catalogue = known(APPLIED)
    rules = [rule for one in offered(applied()) for group in one.groups("") for rule in group["rules"]]
    targets = [{"expr": rule["expr"], "datasource": {"type": "prometheus"}} for rule in rules]
    recorded = {rule["record"] for rule in rules if "record" in rule} | {"ALERTS", "up"}
    for name in sorted(metrics_of({"panels": [{"targets": targets}]}) - recorded):
        labels = sorted(catalogue[name].labels - {"pod"})
        values = itertools.product(*([f'{label}="{number}"' for number in range(EACH)] for label in labels))
        pods = ([f'pod="{number}"', *rest] for rest in values for number in range(PODS))
        yield from (f"{name}{{{', '.join(matchers)}}}" for matchers in itertools.islice(pods, MOST))
