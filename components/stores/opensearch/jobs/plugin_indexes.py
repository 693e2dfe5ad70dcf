"""Indexes that plugins make for themselves: which they are, and how they get along with any number of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment
from components.foundation.jobkit.report import UPDATED

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client

EXPANSION = "index.auto_expand_replicas"
FOLLOWING = "0-1"
"""A copy where there is a second node for it, and none where there is not."""


def is_a_plugins(index: str) -> bool:
    """Return whether an index belongs to a plugin, which makes it anew or never gives it out.

    The indexes behind data streams begin with a dot too, and hold people's data.
    """
    return index.startswith(".") and not index.startswith(".ds-")


def let_follow(search: Client) -> dict[str, str]:
    """Let their copies follow the number of nodes, and return which had to be changed.

    Plugins ask for one copy whatever there is. On one node the cluster would be yellow for good, and a node that
    leaves the last but one would wait for ever.
    """
    # The number is asked for as well: an index without any setting that is asked for is left out of the answer.
    wanted = f"{EXPANSION},index.number_of_replicas?flat_settings=true&expand_wildcards=all"
    found: dict[str, Any] = search.get(f"/_all/_settings/{wanted}") or {}
    fixed = sorted(
        name
        for name, body in found.items()
        if is_a_plugins(name) and body["settings"].get(EXPANSION, "false") == "false"
    )
    for name in fixed:
        search.request("PUT", f"/{segment(name)}/_settings", {EXPANSION: FOLLOWING})
    return dict.fromkeys(fixed, UPDATED)
