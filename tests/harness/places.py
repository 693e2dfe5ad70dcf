"""Where a platform puts what it keeps, read out of what it declares for the programs that write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.recorded import Recording


def places(declared: Recording) -> dict[str, str]:
    """Return where each store and archive writes, by the key of the stack file under which people know it."""
    return {key: json.dumps(place, sort_keys=True) for key, place in _places(declared)}


def left(before: Recording, after: Recording) -> set[str]:
    """Return whose place is another one afterwards, or none: what lies at the old one is found by nobody."""
    old, new = places(before), places(after)
    return {key for key in old if old[key] != new.get(key)}


def _places(declared: Recording) -> Iterator[tuple[str, Any]]:
    for config_map in declared.of_kind("ConfigMap"):
        data = config_map.inputs["data"]
        if "loki.yaml" in data:
            told = yaml.safe_load(data["loki.yaml"])
            yield "loki", [told["schema_config"]["configs"], told["storage_config"]["object_store"]]
        if "tempo.yaml" in data:
            trace = yaml.safe_load(data["tempo.yaml"])["storage"]["trace"]
            yield "tempo", trace[trace["backend"]]
        told = json.loads(data["config.json"]) if "config.json" in data else {}
        if "repositories" in told:
            given = told["repositories"]["snapshots"]["settings"]
            yield "opensearch", {key: given[key] for key in ("bucket", "base_path", "location") if key in given}
        if config_map.object_name.endswith("-snapshots-config") and "archive" in told.get("snapshots", {}):
            yield told["snapshots"]["store"].replace("volume-", "volumes."), told["snapshots"]["archive"]
    # What every disk is made of, which no volume changes.
    specs = [one.inputs["spec"] for one in declared.of_kind("PersistentVolumeClaim", "StatefulSet")]
    claims = [
        claim for spec in specs for claim in (spec, *(one["spec"] for one in spec.get("volumeClaimTemplates", [])))
    ]
    yield "cluster.storageClass", sorted({claim["storageClassName"] for claim in claims if "storageClassName" in claim})
