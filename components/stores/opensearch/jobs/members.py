"""Who belongs to the cluster, and whether its shards are at rest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs import allocation

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client


def versions(search: Client) -> dict[str, str]:
    """Return the version of every node that answers, by name."""
    found = search.request("GET", "/_nodes?filter_path=nodes.*.name,nodes.*.version").body.get("nodes", {})
    return {node["name"]: node["version"] for node in found.values()}


def at_rest(search: Client) -> dict[str, Any]:
    """Return the cluster's health.

    Raises:
        NotYetError: shards are being made or moved.
    """
    health: dict[str, Any] = search.request("GET", "/_cluster/health").body
    for key, what in (("initializing_shards", "being made"), ("relocating_shards", "moving")):
        if health[key]:
            raise NotYetError(f"{health[key]} shards are {what}")
    return health


def shortfall(search: Client, health: dict[str, Any]) -> str:
    """Return what the cluster lacks to be whole, in words; nothing where it lacks only what no node could hold.

    Copies of a shard never share a node, so those beyond the number of data nodes find a place nowhere: the cluster
    stays yellow for them, and nothing is won by waiting. Red is a primary that is nowhere, whatever is listed.
    """
    if health["status"] == "green":
        return ""
    copies = allocation.shards(search)
    there = Counter((copy["index"], copy["shard"]) for copy in copies if copy["state"] != "UNASSIGNED")
    missing = [
        f"{copy['index']}[{copy['shard']}]"
        for copy in copies
        if copy["state"] == "UNASSIGNED" and there[copy["index"], copy["shard"]] < health["number_of_data_nodes"]
    ]
    if missing:
        return f"{len(missing)} copies of shards are missing, the first of {missing[0]}"
    return "a primary is missing" if health["status"] == "red" else ""
