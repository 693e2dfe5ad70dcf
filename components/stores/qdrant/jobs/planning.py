"""Which copies of shards have to move where: pure arithmetic, so that it can be tried on thousands of clusters.

Loads are counted per collection, in copies; copies of all collections together only settle ties. A shard is never
put twice on one peer, and no step leaves one with fewer copies than it had, unless it had more than wished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

REPLICATE = "replicate_shard"
MOVE = "move_shard"
DROP = "drop_replica"


@dataclass(frozen=True)
class Step:
    """One operation of Qdrant; a drop happens at its source and has no target."""

    kind: str
    shard: int
    source: int
    target: int | None = None

    def __str__(self) -> str:
        """Return it in words."""
        if self.target is None:
            return f"shard {self.shard} dropped from peer {self.source}"
        verb = "moved" if self.kind == MOVE else "copied"
        return f"shard {self.shard} {verb} from peer {self.source} to peer {self.target}"


class _Draft:
    """Where the copies are after the steps so far."""

    def __init__(self, shards: Mapping[int, AbstractSet[int]], peers: Sequence[int], burden: Mapping[int, int]) -> None:
        self.shards = {shard: set(holders) for shard, holders in sorted(shards.items())}
        self.peers = sorted(peers)
        self.steps: list[Step] = []
        self._burden = burden

    def load(self, peer: int) -> int:
        return sum(peer in holders for holders in self.shards.values())

    def lightest(self, peers: Iterable[int]) -> int:
        return min(peers, key=self._weight)

    def heaviest(self, peers: Iterable[int]) -> int:
        return max(peers, key=self._weight)

    def do(self, step: Step) -> None:
        holders = self.shards[step.shard]
        if step.target is not None:
            holders.add(step.target)
        if step.kind != REPLICATE:
            holders.discard(step.source)
        self.steps.append(step)

    def _weight(self, peer: int) -> tuple[int, int, int]:
        grown = self.load(peer)
        return grown, self._burden.get(peer, 0) + grown, peer


def plan(
    shards: Mapping[int, AbstractSet[int]],
    peers: Sequence[int],
    replication: int,
    burden: Mapping[int, int] | None = None,
) -> list[Step]:
    """Return what brings one collection to `replication` copies of each shard, spread over all peers.

    Args:
        shards: the peers with an active copy, by shard.
        peers: all peers of the cluster.
        replication: copies wished; with fewer peers, one on each.
        burden: copies of other collections by peer.
    """
    draft = _Draft(shards, peers, burden or {})
    wished = min(replication, len(peers))
    for shard, holders in draft.shards.items():
        while 0 < len(holders) < wished:
            target = draft.lightest(peer for peer in draft.peers if peer not in holders)
            draft.do(Step(REPLICATE, shard, draft.lightest(holders), target))
    for shard, holders in draft.shards.items():
        while len(holders) > wished:
            draft.do(Step(DROP, shard, draft.heaviest(holders)))
    while (step := _levelling(draft)) is not None:
        draft.do(step)
    return draft.steps


def evacuation(
    shards: Mapping[int, AbstractSet[int]],
    leaving: int,
    staying: Sequence[int],
    replication: int,
    burden: Mapping[int, int] | None = None,
) -> list[Step]:
    """Return what takes every copy off a peer; one is dropped only where enough others stay."""
    draft = _Draft(shards, staying, burden or {})
    wished = min(replication, len(staying))
    for shard, holders in draft.shards.items():
        if leaving not in holders:
            continue
        others = holders - {leaving}
        if len(others) >= wished:
            draft.do(Step(DROP, shard, leaving))
        else:
            target = draft.lightest(peer for peer in draft.peers if peer not in others)
            draft.do(Step(MOVE, shard, leaving, target))
    return draft.steps


def _levelling(draft: _Draft) -> Step | None:
    """Return a move from the fullest to the emptiest peer while they differ by two; each lowers the sum of squares."""
    full, empty = draft.heaviest(draft.peers), draft.lightest(draft.peers)
    if draft.load(full) - draft.load(empty) < 2:  # noqa: PLR2004 - a difference of one can't be levelled
        return None
    shard = next(shard for shard, holders in draft.shards.items() if full in holders and empty not in holders)
    return Step(MOVE, shard, full, empty)
