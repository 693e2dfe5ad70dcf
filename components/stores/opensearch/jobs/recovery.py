"""How far shards have come back from a snapshot, by the cluster's own account of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.foundation.jobkit.client import Client

DONE = "DONE"
ALL = "100.0%"


def was_begun(search: Client, snapshot: str, indexes: Iterable[str]) -> bool:
    """Return whether all of these indexes came, or come, from this snapshot."""
    return set(indexes) <= set(_shards(search, snapshot))


def unfinished(search: Client, snapshot: str, indexes: Iterable[str]) -> list[str]:
    """Return the indexes of which a shard has not come back with all files and bytes, or has no primary."""
    shards = _shards(search, snapshot)
    health = search.request("GET", "/_cluster/health?level=indices&expand_wildcards=all").body["indices"]
    return [index for index in indexes if not _is_back(health.get(index), shards.get(index, []))]


def _is_back(health: dict[str, Any] | None, shards: list[dict[str, Any]]) -> bool:
    # Copies may take longer, and in a smaller cluster find no place at all: the data is there without them.
    return (
        health is not None
        and health["active_primary_shards"] == health["number_of_shards"] == len(shards)
        and all(map(_is_whole, shards))
    )


def _is_whole(shard: dict[str, Any]) -> bool:
    index = shard["index"]
    return shard["stage"] == DONE and index["size"]["percent"] == index["files"]["percent"] == ALL


def _shards(search: Client, snapshot: str) -> dict[str, list[dict[str, Any]]]:
    """Return the shards that came, or come, from a snapshot, by index."""
    found: dict[str, Any] = search.request("GET", "/_recovery?expand_wildcards=all").body
    coming = {
        index: [one for one in body["shards"] if one["type"] == "SNAPSHOT" and one["source"]["snapshot"] == snapshot]
        for index, body in found.items()
    }
    return {index: shards for index, shards in coming.items() if shards}
