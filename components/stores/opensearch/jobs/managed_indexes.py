"""Which version of a lifecycle policy each index follows: index management ties it to the one that it met first.

So a changed policy reaches no index that is there already, and a new one none that is older, unless they are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.report import UNCHANGED, UPDATED
from components.stores.opensearch.jobs.policies import LIFECYCLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.foundation.jobkit.client import Client

ISM = "/_plugins/_ism"
POLICY = "index.plugins.index_state_management.policy_id"
LONGEST_PATH = 3000
"""Characters of names in one path: OpenSearch takes 4 KiB of it."""

SHOWN = 3
"""Indexes that a message names."""


def ensure_lifecycle(owner: Client, name: str, desired: Mapping[str, Any]) -> str:
    """Make a lifecycle policy as desired, let all its indexes follow it, and return what had to be done.

    Raises:
        JobError: the policy was refused, or an index keeps what it followed before.
    """
    outcome = LIFECYCLE.ensure(owner, name, desired)
    patterns = [pattern for template in desired["policy"]["ism_template"] for pattern in template["index_patterns"]]
    told = [_let_follow(owner, name, pattern) for pattern in patterns]
    return UPDATED if outcome == UNCHANGED and any(told) else outcome


def _let_follow(owner: Client, policy: str, pattern: str) -> bool:
    """Let the indexes of a pattern follow a policy as it is now; return whether one did not.

    One that somebody has given another policy keeps it: it may be there to keep what this one would delete.
    """
    version = owner.request("GET", f"{LIFECYCLE.path}/{segment(policy)}").body["_seq_no"]
    explained: dict[str, Any] = owner.get(f"{ISM}/explain/{segment(pattern)}") or {}
    indexes = {name: body for name, body in sorted(explained.items()) if isinstance(body, dict)}
    free = [name for name, body in indexes.items() if body.get(POLICY) is None]
    # Without a number it has not begun to follow, and will begin with the newest.
    behind = [
        name
        for name, body in indexes.items()
        if body.get(POLICY) == policy and body.get("policy_seq_no") not in (None, version)
    ]
    for action, names in (("add", free), ("change_policy", behind)):
        for some in _portions(names):
            _order(owner, action, some, policy)
    return bool(free or behind)


def _order(owner: Client, action: str, indexes: list[str], policy: str) -> None:
    path = f"{ISM}/{action}/{','.join(map(segment, indexes))}"
    failed = owner.request("POST", path, {"policy_id": policy}).body.get("failed_indices") or []
    if failed:
        shown = "; ".join(f"{one['index_name']}: {one['reason']}" for one in failed[:SHOWN])
        raise JobError(
            f"{len(failed)} of its indexes keep what they followed before ({shown}). Run this again once they are at "
            "rest; GET _plugins/_ism/explain/<index> tells where an index stands."
        )


def _portions(names: list[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    for name in names:
        if portion and len(",".join([*portion, name])) > LONGEST_PATH:
            yield portion
            portion = []
        portion.append(name)
    if portion:
        yield portion
