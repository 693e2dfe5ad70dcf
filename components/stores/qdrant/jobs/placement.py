"""Which peer holds which shard of a collection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIVE = "Active"
"""The only state in which a replica answers everything and may be copied from."""


@dataclass(frozen=True)
class Transfer:
    """A shard on its way from one peer to another; `progress` is how far the asked node says that it is."""

    shard: int
    source: int
    target: int
    progress: str = field(default="", compare=False)


@dataclass(frozen=True)
class Placement:
    """One collection as one node sees it.

    Attributes:
        shards: state of each replica by peer, by shard.
        transfers: what is moving, resharding included.
        points: approximate number of points of each shard that the asked node itself holds.
    """

    shards: Mapping[int, Mapping[int, str]]
    transfers: tuple[Transfer, ...] = ()
    points: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Self:
        """Return the placement in an answer of `GET /collections/{name}/cluster`."""
        shards: dict[int, dict[int, str]] = {}
        for local in found["local_shards"]:
            shards.setdefault(local["shard_id"], {})[found["peer_id"]] = local["state"]
        for remote in found["remote_shards"]:
            shards.setdefault(remote["shard_id"], {})[remote["peer_id"]] = remote["state"]
        moving = [
            Transfer(one["shard_id"], one["from"], one["to"], _progress(one.get("comment") or ""))
            for one in found["shard_transfers"]
        ]
        moving += [
            Transfer(one["shard_id"], one["peer_id"], one["peer_id"], "resharding")
            for one in found.get("resharding_operations") or []
        ]
        points = {local["shard_id"]: local["points_count"] for local in found["local_shards"]}
        return cls({shard: shards[shard] for shard in sorted(shards)}, tuple(moving), points)

    def holders(self, shard: int) -> frozenset[int]:
        """Return the peers with a copy of a shard that may be relied upon."""
        return frozenset(peer for peer, state in self.shards.get(shard, {}).items() if state == ACTIVE)

    def held_by(self, peer: int) -> list[int]:
        """Return the shards of which a peer has a copy, in whatever state."""
        return [shard for shard, replicas in self.shards.items() if peer in replicas]

    def obstacle(self) -> str:
        """Return what is not at rest, in words, or nothing where every replica is active and none is moving."""
        for shard, replicas in self.shards.items():
            for peer, state in sorted(replicas.items()):
                if state != ACTIVE:
                    return f"shard {shard} is {state} on peer {peer}"
            if not replicas:
                return f"shard {shard} is nowhere"
        if self.transfers:
            one = self.transfers[0]
            return f"shard {one.shard} is on its way from peer {one.source} to peer {one.target}"
        return ""


def _progress(comment: str) -> str:
    """Return the stage and the records that a comment tells, without its timers, which run while nothing gets on.

    A comment is `STAGE (1.25s) | Transferring records (100/600), ETA: 5.00s | read: 1.20s, send: 0.05s` (Qdrant 1.19).
    """
    records = re.search(r"\(\d+/\d+\)", comment)
    return f"{comment.partition(' (')[0]} {records[0] if records else ''}".strip()
