"""Votes of cluster managers that go: taken away before they do, one at a time, so that the rest can elect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.jobkit.client import segment

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client

EXCLUSIONS = "/_cluster/voting_config_exclusions"
STATE = "/_cluster/state/metadata?filter_path=metadata.cluster_coordination.voting_config_exclusions"


def without_vote(search: Client) -> list[str]:
    """Return the names of the nodes that somebody has excluded from voting."""
    state = search.get(STATE) or {}
    found = state.get("metadata", {}).get("cluster_coordination", {}).get("voting_config_exclusions", [])
    return sorted(entry["node_name"] for entry in found)


def take_vote(search: Client, node: str) -> None:
    """Take a node's vote away; answered once the remaining managers have agreed on it."""
    search.request("POST", f"{EXCLUSIONS}?node_names={segment(node)}&timeout=20s")


def clear(search: Client, *, left: bool) -> None:
    """End all exclusions.

    Args:
        search: the cluster.
        left: whether the node is gone; a node that is still there gets its vote back.
    """
    search.request("DELETE", f"{EXCLUSIONS}?wait_for_removal={'true' if left else 'false'}")
