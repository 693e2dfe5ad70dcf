"""How the nodes of the Qdrant stub move shards, with the refusals of the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.harness.qdrant_state import Moving, Replica, refusal, result

if TYPE_CHECKING:
    from tests.harness.qdrant_state import Collection, QdrantCluster


def advance(cluster: QdrantCluster, collection: Collection) -> None:
    """Let what is dead ask for its data, unless its disk is over the quota, and what moves get on by one look."""
    for shard, replicas in collection.shards.items():
        busy = any(one.shard == shard for one in collection.moving)
        dead = next((p for p, r in replicas.items() if r.state == "Dead" and not cluster.has_exceeded(p)), None)
        source = next((peer for peer, replica in replicas.items() if replica.state == "Active"), None)
        if dead is not None and source is not None and not busy:
            replicas[dead].state = "Partial"
            collection.moving.append(Moving(shard, source, dead, move=False))
    for one in list(collection.moving):
        one.looks += not cluster.stuck
        if one.looks >= cluster.looks:
            _end(cluster, collection, one)


def _end(cluster: QdrantCluster, collection: Collection, one: Moving) -> None:
    collection.moving.remove(one)
    replicas = collection.shards[one.shard]
    if cluster.failing:
        replicas.pop(one.target)
        return
    replicas[one.target] = Replica("Active", dict(replicas[one.source].points))
    if one.move:
        replicas.pop(one.source)


def begin(  # noqa: PLR0911 - one for each refusal
    cluster: QdrantCluster, name: str, operation: dict[str, Any]
) -> tuple[int, object]:
    """Begin one of the operations on shards."""
    collection, (kind, facts) = cluster.collections[name], next(iter(operation.items()))
    shard = facts["shard_id"]
    replicas = collection.shards.get(shard, {})
    if kind == "drop_replica":
        return _drop(replicas, shard, facts["peer_id"])
    ends = source, target = facts["from_peer_id"], facts["to_peer_id"]
    if source == target:
        return refusal(422, "Validation error in JSON body: [to_peer_id: cannot be the same as from_peer_id]")
    if kind == "abort_transfer":
        if not any(one.ends == (shard, *ends) for one in collection.moving):
            return refusal(404, f"Not found: There is no transfer for shard {shard} from {source} to {target}")
        collection.moving = [one for one in collection.moving if one.ends != (shard, *ends)]
        replicas.pop(target, None)
        return result(found=True)
    if target not in cluster.members:
        return refusal(400, f"Bad request: Peer {target} does not exist")
    if source not in replicas:
        return refusal(400, f"Bad request: Shard {shard} does not have a replica on peer {source}")
    if any(one.shard == shard for one in collection.moving):
        return refusal(400, f"Bad request: Shard {shard} is already involved in transfer")
    if target in replicas and kind == "replicate_shard":
        return refusal(400, f"Bad request: Shard {shard} has a replica on peer {target} already")
    if target not in replicas:
        replicas[target] = Replica("Recovery" if cluster.by_snapshot else "Partial")
    collection.moving.append(Moving(shard, source, target, move=kind == "move_shard"))
    return result(found=True)


def _drop(replicas: dict[int, Replica], shard: int, peer: int) -> tuple[int, object]:
    if peer not in replicas:
        return refusal(400, f"Bad request: Shard {shard} has no replica on peer {peer}")
    if not any(replica.state == "Active" for other, replica in replicas.items() if other != peer):
        return refusal(400, f"Bad request: Shard {shard} must have at least one active replica after removing {peer}")
    replicas.pop(peer)
    return result(found=True)


def placement(cluster: QdrantCluster, peer: int, collection: Collection) -> dict[str, Any]:
    """Return how a peer sees a collection."""
    local = [
        {"shard_id": shard, "points_count": len(replicas[peer].points), "state": replicas[peer].state}
        for shard, replicas in collection.shards.items()
        if peer in replicas
    ]
    remote = [
        {"shard_id": shard, "peer_id": other, "state": replica.state}
        for shard, replicas in collection.shards.items()
        for other, replica in replicas.items()
        if other != peer
    ]
    moving = [
        {"shard_id": one.shard, "from": one.source, "to": one.target, "sync": not one.move,
         "method": "snapshot" if cluster.by_snapshot else "stream_records", "comment": _comment(cluster, peer, one)}
        for one in collection.moving
    ]  # fmt: skip
    return {
        "peer_id": peer,
        "shard_count": len(collection.shards),
        "local_shards": local,
        "remote_shards": remote,
        "shard_transfers": moving,
    }


def _comment(cluster: QdrantCluster, peer: int, one: Moving) -> str | None:
    """Return what one end says: its timer runs whether or not anything else gets on."""
    if peer not in (one.source, one.target if cluster.by_snapshot else one.source):
        return None
    cluster.clock += 1.25
    now, third = f"{cluster.clock:.2f}s", 3 * one.looks // max(cluster.looks, 1)
    if cluster.by_snapshot:
        ends = {one.source: ("creating snapshot", "transferring", "recovering"),
                one.target: ("downloading", "unpacking", "restoring")}  # fmt: skip
        return f"{ends[peer][min(third, 2)]} ({now})"
    if not one.looks:
        return f"proxifying ({now})"
    records = f"Transferring records ({one.looks * 100}/{cluster.looks * 100}), ETA: {now}"
    return f"transferring ({now}) | {records} | read: {now}, send: 0.10s"
