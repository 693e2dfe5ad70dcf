"""What is in the indexes: since when there are which, and how many documents they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client


@dataclass(frozen=True)
class State:
    """How far an index is: equal before and after means that nobody wrote to it in between.

    Attributes:
        uuid: tells it from another one of the same name.
        written: the highest sequence number of each shard; unchanged while nobody writes.
    """

    uuid: str
    written: tuple[int, ...]


def open_indexes(search: Client) -> dict[str, int]:
    """Return when each open index was created, in milliseconds of Unix time, by name."""
    path = "/_all/_settings/index.creation_date?flat_settings=true&expand_wildcards=open,hidden"
    found: dict[str, Any] = search.get(path) or {}
    return {name: int(body["settings"]["index.creation_date"]) for name, body in sorted(found.items())}


def names(search: Client) -> set[str]:
    """Return the names of all indexes, open or closed, and of all aliases: none of them can be given again."""
    found: dict[str, Any] = search.get("/_all/_alias?expand_wildcards=all") or {}
    return set(found) | {alias for body in found.values() for alias in body.get("aliases", {})}


def states(search: Client) -> dict[str, State]:
    """Return how far each open index is."""
    path = "/_stats/docs?level=shards&expand_wildcards=open,hidden"
    found: dict[str, Any] = search.request("GET", path).body["indices"]
    return {
        name: State(
            body["uuid"],
            tuple(
                copy["seq_no"]["max_seq_no"]
                for _, copies in sorted(body["shards"].items())
                for copy in copies
                if copy["routing"]["primary"]
            ),
        )
        for name, body in found.items()
    }


def count(search: Client, index: str) -> int:
    """Return the number of documents of an index, the newest included."""
    search.request("POST", f"/{segment(index)}/_refresh")
    return search.request("GET", f"/{segment(index)}/_count").body["count"]
