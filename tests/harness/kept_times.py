"""How long a platform keeps what, read out of what it declares for the programs that delete, not out of settings.

Samples of everything that is kept are asked one by one: a log of a namespace and a service, an index by its name. So it
shares neither code nor thought with the program's own comparison.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from components.settings.quantities import Duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.recorded import Recording

NAMES = ("opensearch", "qdrant", "shop", "nobody-speaks-of-this")
INDEXES = ("logs-2026", "logs-app-1", "workflows-1", "audit-1", "nobody-speaks-of-this")
FOR_EVER = float("inf")


def kept_times(declared: Recording) -> dict[str, float]:
    """Return seconds by what is kept."""
    return dict(_times(declared))


def fewer(before: Recording, after: Recording) -> dict[str, tuple[float, float]]:
    """Return what is kept for a shorter time afterwards, of what is there on both sides."""
    old, new = kept_times(before), kept_times(after)
    return {what: (old[what], new[what]) for what in old if what in new and new[what] < old[what]}


def _times(declared: Recording) -> Iterator[tuple[str, float]]:
    # The program's own component has the name of the kind too.
    (prometheus,) = [one for one in declared.of_kind("Prometheus") if "spec" in one.inputs]
    yield "metrics", _seconds(prometheus.inputs["spec"]["retention"])
    for config_map in declared.of_kind("ConfigMap"):
        data = config_map.inputs["data"]
        if "tempo.yaml" in data:
            yield (
                "traces",
                _seconds(yaml.safe_load(data["tempo.yaml"])["backend_worker"]["compaction"]["block_retention"]),
            )
        if "loki.yaml" in data:
            yield from _logs(yaml.safe_load(data["loki.yaml"])["limits_config"])
        if config_map.name.endswith("-snapshots-config"):
            told = json.loads(data["config.json"]).get("snapshots")
            if told:
                yield f"snapshots {config_map.name}", told["retentionSeconds"]
        if config_map.name == "opensearch-jobs-configure-config":
            yield from _opensearch(json.loads(data["config.json"]))


def _logs(limits: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for namespace, service in itertools.product(NAMES, NAMES):
        labels = {"k8s_namespace_name": namespace, "service_name": service}
        speaking = [
            (-rule["priority"], _seconds(rule["period"]))
            for rule in limits["retention_stream"]
            if all(labels[name] == value for name, value in re.findall(r'(\w+)="([^"]*)"', rule["selector"]))
        ]
        period = min(speaking)[1] if speaking else _seconds(limits["retention_period"])
        yield f"logs of {service} in {namespace}", period


def _opensearch(told: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "snapshots of opensearch", _seconds(told["snapshotPolicies"]["daily"]["deletion"]["condition"]["max_age"])
    for index in INDEXES:
        ages = [
            _seconds(transition["conditions"]["min_index_age"])
            for policy in (one["policy"] for one in told["ismPolicies"].values())
            if any(fnmatch.fnmatch(index, one) for entry in policy["ism_template"] for one in entry["index_patterns"])
            for transition in (step for state in policy["states"] for step in state["transitions"])
        ]
        yield f"index {index}", min(ages, default=FOR_EVER)


def _seconds(text: str) -> float:
    return Duration.parse(text)
