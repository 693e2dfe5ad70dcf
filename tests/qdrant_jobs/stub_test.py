"""The stub answers what the real server answered; each answer of the list is one test here."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit import transfer
from components.foundation.jobkit.client import Answer, Client
from components.foundation.jobkit.errors import RequestError, UnreachableError
from tests.harness.json_server import Trouble
from tests.harness.qdrant_state import Replica, checksum
from tests.harness.qdrant_stub import KEY

if TYPE_CHECKING:
    from tests.qdrant_jobs.conftest import Bench

EVERYTHING = range(400, 600)
COLLECTION = "/collections/documents"


def _ask(bench: Bench, method: str, path: str, body: object = None, ordinal: int = 0, key: str = KEY) -> Answer:
    headers = {"api-key": key} if key else {}
    client = Client(endpoint=bench.servers.urls[ordinal], headers=headers, attempts=1)
    return client.request(method, path, body, accept=EVERYTHING)


def _error(answer: Answer) -> str:
    return answer.body["status"]["error"]


def _change(bench: Bench, operation: str, **facts: int) -> Answer:
    return _ask(bench, "POST", f"{COLLECTION}/cluster", {operation: facts})


def _upload(bench: Bench, name: str, content: bytes, told: str) -> None:
    client = Client(endpoint=bench.servers.urls[0], headers={"api-key": KEY})
    path = f"/collections/{name}/snapshots/upload?priority=snapshot&checksum={told}"
    transfer.upload(client, path, io.BytesIO(content), len(content), "sent.snapshot")


def test_1_a_removed_peer_counts_itself_alone_and_serves_no_data(filled: Bench) -> None:
    _ask(filled, "DELETE", "/cluster/peer/1201?force=true")
    found = _ask(filled, "GET", "/cluster", ordinal=2).body["result"]
    assert (list(found["peers"]), found["raft_info"]["leader"], found["raft_info"]["is_voter"]) == (
        ["1201"],
        1001,
        False,
    )
    assert found["consensus_thread_status"]["consensus_thread_status"] == "stopped"
    assert _ask(filled, "GET", "/readyz", ordinal=2).status == 200
    data = _ask(filled, "POST", f"{COLLECTION}/points/count", {"exact": True}, ordinal=2)
    assert (data.status, "no address found for peer 1201" in _error(data)) == (500, True)


def test_2_a_node_can_not_join_at_an_address_whose_old_peer_has_shards(filled: Bench) -> None:
    assert not filled.cluster.join(2)
    with pytest.raises(UnreachableError):
        _ask(filled, "GET", "/cluster", ordinal=2)
    _ask(filled, "DELETE", "/cluster/peer/1201?force=true")
    assert filled.cluster.join(2)
    peers = _ask(filled, "GET", "/cluster", ordinal=2).body["result"]["peers"]
    assert set(peers) == {"1001", "1101", str(filled.cluster.peers[2])}
    assert peers["1101"]["uri"] == "http://127.0.0.2:6335/"


@pytest.mark.parametrize("by_snapshot", [False, True])
def test_3_a_transfer_tells_its_method_its_stage_and_a_timer(filled: Bench, *, by_snapshot: bool) -> None:
    filled.cluster.by_snapshot = by_snapshot
    filled.cluster.collections["documents"].shards = {0: {1001: Replica()}}
    assert _change(filled, "replicate_shard", shard_id=0, from_peer_id=1001, to_peer_id=1101).status == 200
    said = []
    for _ in range(5):
        found = _ask(filled, "GET", f"{COLLECTION}/cluster").body["result"]
        said.append(found["shard_transfers"][0])
        assert found["remote_shards"][0]["state"] == ("Recovery" if by_snapshot else "Partial")
    assert {one["method"] for one in said} == {"snapshot" if by_snapshot else "stream_records"}
    stages = list(dict.fromkeys(one["comment"].partition(" (")[0] for one in said))
    assert stages == (["creating snapshot", "transferring", "recovering"] if by_snapshot else ["transferring"])
    assert len({one["comment"] for one in said}) == 5


def test_4_uploads_and_snapshots_whose_answer_nobody_heard_stay_on_the_disk(filled: Bench) -> None:
    filled.servers.servers[0].misbehave(1, Trouble(path="/snapshots", drop_answer=True))
    with pytest.raises(UnreachableError):
        _ask(filled, "POST", f"{COLLECTION}/snapshots")
    with pytest.raises(RequestError):
        _upload(filled, "documents", b"garbage", checksum(b"garbage"))
    own, sent = _ask(filled, "GET", f"{COLLECTION}/snapshots").body["result"]
    assert (own["name"], sent["name"]) == ("documents-1001-1.snapshot", "sent.snapshot")
    assert own["checksum"]
    assert own["creation_time"]
    assert (sent["checksum"], sent["creation_time"]) == (None, None)


def test_5_without_a_leader_or_a_majority_no_proposal_passes(filled: Bench) -> None:
    filled.cluster.leaderless = True
    assert _ask(filled, "GET", "/cluster").body["result"]["raft_info"]["leader"] == 0
    assert "leader is not established within 10s" in _error(_ask(filled, "PATCH", COLLECTION, {"params": {}}))
    filled.cluster.leaderless, filled.cluster.gone = False, {1, 2}
    answer = _ask(filled, "DELETE", "/cluster/peer/1201?force=true")
    assert (answer.status, "Timeout set at: 10 seconds" in _error(answer)) == (500, True)
    assert 1201 in filled.cluster.members


def test_6_no_key_and_a_wrong_one_are_401_in_plain_text(filled: Bench) -> None:
    assert _ask(filled, "GET", "/collections", key="another") == Answer(401, "Invalid API key or JWT")
    assert _ask(filled, "GET", "/collections", key="").status == 401


def test_7_a_move_to_a_peer_with_a_copy_takes_the_sources_copy_away(filled: Bench) -> None:
    filled.cluster.collections["documents"].shards = {0: {1001: Replica(), 1101: Replica()}}
    assert _change(filled, "move_shard", shard_id=0, from_peer_id=1001, to_peer_id=1101).status == 200
    for _ in range(filled.cluster.looks):
        _ask(filled, "GET", f"{COLLECTION}/cluster")
    assert filled.cluster.holders("documents") == {0: {1101}}


def test_8_9_10_operations_on_shards_that_can_not_be_are_refused(filled: Bench) -> None:
    filled.cluster.collections["documents"].shards = {0: {1001: Replica()}, 1: {1001: Replica(), 1101: Replica()}}
    there = {"shard_id": 0, "from_peer_id": 1001, "to_peer_id": 1101}
    assert _change(filled, "abort_transfer", **there).status == 404
    assert _change(filled, "move_shard", **{**there, "from_peer_id": 1201}).status == 400
    assert _change(filled, "move_shard", **{**there, "to_peer_id": 1001}).status == 422
    assert _change(filled, "move_shard", **{**there, "to_peer_id": 77}).status == 400
    assert _change(filled, "move_shard", **there).status == 200
    assert _change(filled, "move_shard", **{**there, "to_peer_id": 1201}).status == 400
    assert _change(filled, "drop_replica", shard_id=0, peer_id=1001).status == 400
    assert _change(filled, "drop_replica", shard_id=1, peer_id=1201).status == 400
    assert _change(filled, "drop_replica", shard_id=1, peer_id=1101).status == 200


@pytest.mark.parametrize(
    ("content", "told", "status", "why"),
    [
        (b"{}", "00", 400, f"Checksum mismatch: expected {checksum(b'{}')}, actual 00"),
        (b"garbage", checksum(b"garbage"), 500, "File IO error"),
    ],
)
def test_11_an_upload_that_is_refused_makes_no_collection(
    filled: Bench, content: bytes, told: str, status: int, why: str
) -> None:
    with pytest.raises(RequestError, match=why) as refused:
        _upload(filled, "another", content, told)
    assert refused.value.status == status
    assert _ask(filled, "GET", "/collections/another").status == 404


def test_11_an_upload_of_another_shape_is_refused(filled: Bench) -> None:
    body = {**filled.cluster.collections["documents"].body, "shard_number": 9}
    content = json.dumps({"body": body, "shards": {}}).encode()
    with pytest.raises(RequestError, match="not compatible") as refused:
        _upload(filled, "documents", content, checksum(content))
    assert refused.value.status == 400
    assert len(filled.cluster.points("documents")) == 120


def test_12_a_snapshot_that_is_missing_is_404_in_two_ways(filled: Bench) -> None:
    path = f"{COLLECTION}/snapshots/none"
    assert isinstance(_ask(filled, "GET", path).body, str)
    answer = _ask(filled, "DELETE", path)
    assert (answer.status, _error(answer)) == (404, "Not found: Snapshot none not found")


def _aliased(bench: Bench, alias: str, collection: str) -> int:
    action = {"create_alias": {"alias_name": alias, "collection_name": collection}}
    return _ask(bench, "POST", "/collections/aliases", {"actions": [action]}).status


def test_13_aliases_follow_their_collections(filled: Bench) -> None:
    filled.cluster.create("other", {"vectors": {"size": 2, "distance": "Dot"}})
    assert _aliased(filled, "current", "none") == 404
    assert _aliased(filled, "current", "other") == 200
    assert filled.cluster.aliases == {"current": "other"}
    assert _ask(filled, "PUT", "/collections/current", {}).status == 400
    assert _ask(filled, "DELETE", "/collections/none").body["result"] is False
    assert _ask(filled, "DELETE", "/collections/other").body["result"] is True
    assert filled.cluster.aliases == {}


def test_14_quotas_tell_the_usage_of_each_peer_and_a_full_disk_refuses_writes(filled: Bench) -> None:
    def quotas(**limits: Any) -> int:
        return _ask(filled, "PUT", "/quotas?wait=true", {"enabled": True, **limits}).status

    assert quotas(max_disk_usage_percent=0) == 422
    assert quotas(max_disk_usage_percent=85) == 200
    for usage, status in ((84, 200), (85, 507), (81, 507), (79, 200)):
        filled.cluster.disk_usage[1101] = usage
        found = _ask(filled, "GET", "/quotas").body["result"]
        assert found["peers"]["1101"]["disk_usage_percent"] == usage
        assert found["peers"]["1101"]["exceeded"]["disk_usage"] is (status == 507)
        assert _ask(filled, "PUT", f"{COLLECTION}/points", {"points": []}).status == status
    assert set(found) == {"config", "usage", "peers"}


def test_15_a_collection_with_a_shard_that_nobody_answers_for_is_500(filled: Bench) -> None:
    filled.cluster.collections["documents"].shards[0] = {1201: Replica()}
    assert _ask(filled, "GET", COLLECTION).status == 200
    filled.cluster.gone = {2}
    assert _ask(filled, "GET", COLLECTION).status == 500
    assert _ask(filled, "GET", f"{COLLECTION}/cluster").status == 200


def test_16_an_unknown_path_is_404_with_an_empty_body(filled: Bench) -> None:
    assert _ask(filled, "GET", "/nowhere") == Answer(404, "")
