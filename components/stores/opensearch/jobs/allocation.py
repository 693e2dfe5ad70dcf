"""Where OpenSearch may put shards: what a restart and a drain set for a while, and always take back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import Deadline, NotYetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.client import Client

ENABLE = "cluster.routing.allocation.enable"
EXCLUDE = "cluster.routing.allocation.exclude._name"
PRIMARIES = "primaries"
SETTINGS = "/_cluster/settings?flat_settings=true"
RELEASE_SECONDS = 60.0
"""How long a setting is tried to be taken back; a cluster that elects a manager refuses writes for a few seconds."""

LONGEST_EXPLANATION = 400
"""Characters."""


def limit_to_primaries(search: Client) -> None:
    """Keep the copies of a node that goes for a moment from being made anew elsewhere."""
    _set(search, ENABLE, PRIMARIES)


def release_primaries(search: Client) -> None:
    """Let copies be made again, when it was us who forbade it: by `primaries`, in the persistent settings."""
    if _settings(search)["persistent"].get(ENABLE) == PRIMARIES:
        _set(search, ENABLE, None)


def nobody_forbids(search: Client) -> None:
    """Make sure that copies may be placed at all.

    Raises:
        NotYetError: somebody has forbidden it; names the setting and its value.
    """
    settings = _settings(search)
    for scope in ("transient", "persistent"):
        value = settings[scope].get(ENABLE, "all")
        if value != "all":
            raise NotYetError(
                f"somebody has set {ENABLE} to {value} ({scope}), so no copy of a shard finds a place. "
                "It was not this job; whoever set it must set it back to null"
            )


def excluded(search: Client) -> str:
    """Return what the exclusion by node name says, an empty string when there is none."""
    settings = _settings(search)
    return settings["transient"].get(EXCLUDE) or settings["persistent"].get(EXCLUDE) or ""


def exclude(search: Client, node: str) -> None:
    """Let every shard leave a node."""
    _set(search, EXCLUDE, node)


def include_again(search: Client) -> None:
    """Take back what `exclude` set."""
    _set(search, EXCLUDE, None)


def take_back(what: str, step: Callable[[], None], *, pause: float) -> bool:
    """Run a step that must not be left out, again while the cluster refuses it; say clearly when it stays undone.

    Returns whether it is done, and raises nothing: it runs while another error is on its way.
    """
    try:
        Deadline.after(RELEASE_SECONDS, pause).wait(what, step)
    except JobError as error:
        sys.stderr.write(f"failed     {error}. It stays until this job is run again, which takes it back first.\n")
        return False
    return True


def shards(search: Client) -> list[dict[str, str]]:
    """Return every copy of every shard: index, shard, prirep, state, and its node, the source while it moves."""
    found: list[dict[str, Any]] = search.get("/_cat/shards?format=json&h=index,shard,prirep,state,node") or []
    # "source -> ip id target" while it moves.
    return [{**row, "node": (row.get("node") or "").partition(" ")[0]} for row in found]


def why_it_stays(search: Client, shard: dict[str, str]) -> str:
    """Return in short what forbids a shard every other node."""
    body = {
        "index": shard["index"],
        "shard": int(shard["shard"]),
        "primary": shard["prirep"] == "p",
        "current_node": shard["node"],
    }
    try:
        told = search.request("POST", "/_cluster/allocation/explain", body).body
    except JobError as error:
        return f"no explanation ({error})"
    reasons = [
        decider["explanation"].strip()
        for node in told.get("node_allocation_decisions", [])
        for decider in node.get("deciders", [])
        if decider.get("decision") == "NO"
    ]
    text = "; ".join(dict.fromkeys(reasons)) or told.get("move_explanation") or "it waits for its turn"
    return text[:LONGEST_EXPLANATION]


def _settings(search: Client) -> dict[str, dict[str, str]]:
    return search.request("GET", SETTINGS).body


def _set(search: Client, key: str, value: str | None) -> None:
    search.request("PUT", "/_cluster/settings", {"persistent": {key: value}})
