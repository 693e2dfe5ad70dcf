"""The snapshots on the disks of the Qdrant stub's nodes: nobody deletes one but whoever asks for it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.harness.qdrant_state import checksum, refusal, result

if TYPE_CHECKING:
    from tests.harness.json_server import Request
    from tests.harness.qdrant_state import QdrantCluster


def answer(  # noqa: PLR0911 - one for each case
    cluster: QdrantCluster, ordinal: int, request: Request, name: str, rest: list[str], query: dict[str, str]
) -> tuple[int, object]:
    """Answer what is below `/collections/{name}/snapshots`."""
    if rest == ["upload"]:
        return _upload(cluster, ordinal, request, name, query)
    if name not in cluster.collections:
        return refusal(404, f"Not found: Collection `{name}` doesn't exist!")
    if request.method == "POST":
        return _create(cluster, ordinal, name)
    if not rest:
        return result([_described(cluster, key) for key in sorted(cluster.files) if key[:2] == (ordinal, name)])
    key = (ordinal, name, rest[0])
    if key not in cluster.files:
        why = f"Not found: Snapshot {rest[0]} not found"
        return (404, why) if request.method == "GET" else refusal(404, why)
    if request.method == "DELETE":
        del cluster.files[key]
        cluster.uploaded.discard(key)
        return result(found=True)
    return 200, cluster.files[key][: cluster.truncated]


def _described(cluster: QdrantCluster, key: tuple[int, str, str]) -> dict[str, object]:
    content = cluster.files[key]
    own = {} if key in cluster.uploaded else {"creation_time": "2026-11-21T08:00:00", "checksum": checksum(content)}
    return {"name": key[2], "creation_time": None, "size": len(content), "checksum": None, **own}


def _create(cluster: QdrantCluster, ordinal: int, name: str) -> tuple[int, object]:
    if cluster.snapshot_error:
        return refusal(500, cluster.snapshot_error)
    peer, collection = cluster.peers[ordinal], cluster.collections[name]
    held = {shard: replicas[peer].points for shard, replicas in collection.shards.items() if peer in replicas}
    content = json.dumps({"body": collection.body, "shards": held}).encode()
    cluster.made += 1
    file = f"{name}-{peer}-{cluster.made}.snapshot"
    cluster.files[ordinal, name, file] = content
    told = cluster.lied_checksum or checksum(content)
    return result({"name": file, "size": len(content), "checksum": told, "creation_time": "2026-11-21T08:00:00"})


def _upload(
    cluster: QdrantCluster, ordinal: int, request: Request, name: str, query: dict[str, str]
) -> tuple[int, object]:
    boundary = request.headers.get("content-type", "").partition("boundary=")[2].encode()
    form = rb'name="snapshot"; filename="([^"]+)"\r\n.*?\r\n\r\n(.*)\r\n--'
    found = re.search(form + boundary, request.raw, re.DOTALL) if boundary else None
    if found is None or query.get("priority") != "snapshot":
        return refusal(400, "no snapshot, or a priority under which the empty replicas win")
    key, content = (ordinal, name, found[1].decode()), found[2]
    # The file stays whatever comes of it.
    cluster.files[key] = content
    cluster.uploaded.add(key)
    if query.get("checksum") not in (None, checksum(content)):
        why = f"Bad request: Checksum mismatch: expected {checksum(content)}, actual {query['checksum']}"
        return refusal(400, why)
    try:
        tree = json.loads(content)
    except ValueError:
        return refusal(500, "Service internal error: File IO error: failed to read the archive")
    there = cluster.collections.get(name)
    if there is not None and any(tree["body"].get(k) != there.body.get(k) for k in ("qdrant", "shard_number")):
        return refusal(400, "Bad request: Snapshot is not compatible with existing collection")
    cluster.recover(cluster.peers[ordinal], name, content)
    return result(found=True)
