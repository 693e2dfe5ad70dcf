from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from components.stores.qdrant.jobs.planning import DROP, MOVE, REPLICATE, Step, evacuation, plan

Shards = dict[int, set[int]]


@st.composite
def clusters(draw: st.DrawFn) -> tuple[Shards, list[int], int]:
    """Any number of peers, and shards with copies anywhere on them."""
    peers = draw(st.lists(st.integers(1, 99), min_size=1, max_size=7, unique=True))
    count = draw(st.integers(0, 14))
    shards = {shard: draw(st.sets(st.sampled_from(peers), min_size=1)) for shard in range(count)}
    return shards, peers, draw(st.integers(1, 4))


def follow(shards: Shards, steps: list[Step], wished: int) -> Shards:
    """Carry the steps out and see that no single one is wrong."""
    now = {shard: set(holders) for shard, holders in shards.items()}
    for step in steps:
        holders = now[step.shard]
        assert step.source in holders
        if step.target is not None:
            assert step.target not in holders, "two copies of a shard on one peer"
            holders.add(step.target)
        if step.kind in (MOVE, DROP):
            holders.remove(step.source)
        assert len(holders) >= min(wished, len(shards[step.shard])), "fewer copies than there were, and than wished"
    return now


@given(clusters())
@settings(max_examples=300, deadline=None)
def test_every_plan_ends_with_all_copies_spread_evenly_and_nothing_lost_on_the_way(cluster) -> None:
    shards, peers, replication = cluster
    wished = min(replication, len(peers))
    after = follow(shards, plan(shards, peers, replication), wished)
    assert all(len(holders) == wished for holders in after.values())
    loads = [sum(peer in holders for holders in after.values()) for peer in peers]
    assert max(loads) - min(loads) <= 1
    assert plan(after, peers, replication) == []


@given(clusters())
@settings(max_examples=300, deadline=None)
def test_an_evacuation_leaves_nothing_on_the_peer_and_no_shard_with_fewer_copies_than_fit(cluster) -> None:
    shards, peers, replication = cluster
    if len(peers) == 1:
        return
    leaving, staying = peers[0], peers[1:]
    wished = min(replication, len(staying))
    after = follow(shards, evacuation(shards, leaving, staying, replication), wished)
    assert all(leaving not in holders and holders for holders in after.values())
    assert all(len(holders) >= min(wished, len(shards[shard])) for shard, holders in after.items())


@given(clusters())
@settings(max_examples=100, deadline=None)
def test_a_plan_can_be_interrupted_after_every_step_and_made_anew(cluster) -> None:
    shards, peers, replication = cluster
    now, steps = {shard: set(holders) for shard, holders in shards.items()}, 0
    while following := plan(now, peers, replication):
        now = follow(now, following[:1], min(replication, len(peers)))
        steps += 1
        assert steps <= 14 * 8
    assert all(len(holders) == min(replication, len(peers)) for holders in now.values())


def test_missing_copies_are_made_before_anything_is_moved() -> None:
    steps = plan({shard: {1} for shard in range(6)}, [1, 2, 3], 2)
    kinds = [step.kind for step in steps]
    assert kinds == [REPLICATE] * 6 + [MOVE] * kinds.count(MOVE)


def test_small_collections_do_not_all_go_to_the_same_peer() -> None:
    burden: dict[int, int] = {}
    for _ in range(9):
        [step] = plan({0: {1}}, [1, 2, 3, 4], 2, burden)
        assert step.target is not None
        burden[step.target] = burden.get(step.target, 0) + 1
    assert burden == {2: 3, 3: 3, 4: 3}
