"""Snapshot, loss and restore on real clusters, with everything that can stand in the way."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit import record
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.stores.opensearch.job_configs import LOCK
from tests.harness.json_server import JsonServer, Trouble
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.opensearch_processes import Nodes
from tests.harness.restored_opensearch import Site, checksum, wipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.harness.opensearch_client import OpenSearch

pytestmark = pytest.mark.opensearch


@pytest.fixture
def kubernetes() -> Iterator[Kubernetes]:
    with JsonServer(KubernetesStore()) as server:
        yield Kubernetes(Client(endpoint=server.url, authorization=f"Bearer {TOKEN}", pause=0.01))


@pytest.fixture
def site(cluster: OpenSearch, search: JsonServer, kubernetes: Kubernetes, tmp_path: Path) -> Site:
    site = Site(cluster, search, kubernetes, cluster.repositories / tmp_path.name)
    for index in ("logs-1", "logs-2", "books"):
        for number in range(20):
            cluster.ask("PUT", f"/{index}/_doc/{number}", {"number": number, "text": f"{index} {number}"})
    cluster.ask("POST", "/_aliases", {"actions": [{"add": {"index": "books", "alias": "library"}}]})
    return site


def test_everything_that_was_lost_comes_back_equal(site: Site) -> None:
    indexes = ("books", "logs-1", "logs-2")
    before = {index: checksum(site.cluster, index) for index in indexes}
    said = site.check(take=True)
    assert said.startswith("whole      snapshot manual-")
    assert site.noted.complete is not None
    assert dict(site.noted.complete.counts) == dict.fromkeys(indexes, 20)
    assert site.noted.complete.size_bytes > 1000
    wipe(site.cluster, *indexes)
    assert site.restore() == [f"restored   index {index}: 20 documents, as in the snapshot" for index in indexes]
    assert {index: checksum(site.cluster, index) for index in indexes} == before
    assert set(site.cluster.ask("GET", "/_alias/library")) == {"books"}


def test_everything_leaves_out_what_plugins_keep_for_themselves_and_a_name_with_its_dot_does_not(site: Site) -> None:
    site.cluster.ask("PUT", "/.opendistro-ism-config/_doc/1", {"policy": 1})
    site.check(take=True)
    wipe(site.cluster, "books")
    site.cluster.ask("PUT", "/.opendistro-ism-config/_doc/2", {"policy": 2})
    assert site.restore(indexes=["*ooks"]) == ["restored   index books: 20 documents, as in the snapshot"]
    wipe(site.cluster, "books", "logs-1", "logs-2")
    assert len(site.restore()) == 3
    assert checksum(site.cluster, "books").startswith("20:")
    with pytest.raises(JobError, match="opendistro-ism-config"):
        site.restore(indexes=[".opendistro-*"])
    wipe(site.cluster, ".opendistro-ism-config")
    assert len(site.restore(indexes=[".opendistro-*"])) == 1


def test_a_fresh_cluster_on_the_same_repository_gets_everything(site: Site, tmp_path: Path) -> None:
    before = checksum(site.cluster, "books")
    site.check(take=True)
    roles = {"fresh-0": ("cluster_manager", "data")}
    with Nodes(tmp_path, roles, site.cluster.repositories) as nodes, JsonServer(nodes) as server:
        fresh = Site(nodes.anyone, server, site.kubernetes, site.folder)
        assert len(fresh.restore()) == 3
        assert checksum(nodes.anyone, "books") == before


def test_one_index_comes_back_under_another_name_beside_the_living_one(site: Site) -> None:
    site.check(take=True)
    site.cluster.ask("PUT", "/books/_doc/new", {"number": 99})
    assert site.restore(indexes=["boo*"], rename="restored-") == [
        "restored   index restored-books: 20 documents, as in the snapshot"
    ]
    assert checksum(site.cluster, "books").startswith("21:")
    assert set(site.cluster.ask("GET", "/_alias/library")) == {"books"}


def test_what_exists_is_never_restored_over(site: Site) -> None:
    site.check(take=True)
    wipe(site.cluster, "logs-1")
    with pytest.raises(JobError, match=r"^books, logs-2 would be restored from manual-.* and exists already\."):
        site.restore()
    assert "logs-1" not in site.cluster.ask("GET", "/_all/_alias")


def test_a_restore_that_was_killed_after_its_order_is_only_finished(site: Site) -> None:
    name = site.check(take=True).split()[2].rstrip(":")
    wipe(site.cluster, "books")
    site.cluster.ask("POST", f"/_snapshot/snapshots/{name}/_restore?wait_for_completion=true", {"indices": "books"})
    # The Lease of a holder that never gave it back.
    lease = {"metadata": {"name": LOCK}, "spec": {"holderIdentity": "a-pod"}}
    site.kubernetes.client.request("POST", "/apis/coordination.k8s.io/v1/namespaces/opensearch/leases", lease)
    assert site.restore(indexes=["books"]) == ["restored   index books: 20 documents, as in the snapshot"]
    with pytest.raises(JobError, match="books would be restored"):
        site.restore(indexes=["books"])


def test_a_different_number_of_documents_is_an_error_that_names_both(site: Site) -> None:
    site.check(take=True)
    complete = site.noted.complete
    assert complete is not None
    wipe(site.cluster, "books")
    counts = {**complete.counts, "books": 21}
    record.write(site.kubernetes, "opensearch", "opensearch-snapshots", dataclasses.replace(complete, counts=counts))
    with pytest.raises(JobError, match="books has 20 documents and had 21"):
        site.restore(indexes=["books"])


def test_a_snapshot_that_is_not_whole_is_refused_and_the_newest_whole_one_named(site: Site) -> None:
    good = site.check(take=True).split()[2].rstrip(":")
    rule = {"index.routing.allocation.require._name": "nobody"}
    site.cluster.ask("PUT", "/homeless?wait_for_active_shards=0", {"settings": rule})
    path = "/_snapshot/snapshots/torn?wait_for_completion=true"
    assert site.cluster.ask("PUT", path, {"partial": True})["snapshot"]["state"] == "PARTIAL"
    with pytest.raises(JobError, match=f"snapshot torn is PARTIAL, not whole. .* The newest whole one is {good}."):
        site.restore(snapshot="torn")
    with pytest.raises(
        JobError, match=f"snapshot torn is PARTIAL with 1 failed shards; the newest whole one is {good}"
    ):
        site.check()
    assert (site.noted.attempt.complete, site.noted.attempt.name) == (False, "torn")
    assert site.noted.complete is not None
    assert site.noted.complete.name == good
    wipe(site.cluster, "homeless", "books")
    assert site.restore(snapshot="latest", indexes=["books"])


def test_a_snapshot_that_is_still_written_is_refused(site: Site) -> None:
    # A real one ends too soon; throttled until it doesn't, it holds up the whole cluster.
    entry = {"snapshot": "running", "state": "IN_PROGRESS", "indices": ["books"], "start_time_in_millis": 1}
    site.search.misbehave(1, Trouble(status=200, body={"snapshots": [entry]}, path="/_all?"))
    with pytest.raises(JobError, match=r"snapshot running is still being written\. .* There is no whole one\."):
        site.restore(snapshot="running")


def test_an_unknown_snapshot_or_index_is_named(site: Site) -> None:
    with pytest.raises(JobError, match="repository snapshots holds no whole snapshot"):
        site.restore()
    site.check(take=True)
    with pytest.raises(JobError, match=r"holds no snapshot nine\. The newest whole one is manual-"):
        site.restore(snapshot="nine")
    with pytest.raises(JobError, match=r"holds no index nothing-\*. Nothing was restored"):
        site.restore(indexes=["logs-*", "nothing-*"])


def test_a_repository_that_a_node_can_not_reach_is_one_sentence(site: Site) -> None:
    site.folder.rename(site.folder.with_name("elsewhere"))
    site.folder.write_text("in the way")
    sentence = "repository snapshots can't be used by every node"
    with pytest.raises(JobError, match=sentence):
        site.restore()
    with pytest.raises(JobError, match=sentence):
        site.check()
    assert sentence in site.noted.attempt.problem
    site.folder.unlink()


def test_a_disk_that_is_full_is_recorded_and_hides_no_older_snapshot(site: Site) -> None:
    good = site.check(take=True).split()[2].rstrip(":")
    full = {"error": {"reason": "[snapshots] snapshot failed", "caused_by": {"reason": "No space left on device"}}}
    site.search.misbehave(1, Trouble(status=500, body=full, path="/manual-"))
    with pytest.raises(JobError, match="snapshot failed: No space left on device"):
        site.check(take=True)
    assert "No space left on device" in site.noted.attempt.problem
    assert site.noted.complete is not None
    assert site.noted.complete.name == good


def test_an_index_that_the_newest_snapshot_lacks_is_named(site: Site) -> None:
    site.cluster.ask("PUT", "/_snapshot/snapshots/some?wait_for_completion=true", {"indices": "logs-*"})
    with pytest.raises(JobError, match="snapshot some lacks books, which existed when it began"):
        site.check()
    assert site.noted.complete is None


def test_a_snapshot_that_is_looked_at_again_is_noted_once_and_keeps_its_counts(site: Site) -> None:
    site.check(take=True)
    site.check()
    assert [dict(one.counts) for one in site.noted.recent] == [dict.fromkeys(("books", "logs-1", "logs-2"), 20)]


def test_silence_of_the_policy_is_seen_once_the_recovery_point_has_passed(site: Site) -> None:
    site.check(take=True)
    assert site.check().startswith("whole")
    with pytest.raises(
        JobError, match=r"the newest whole snapshot, manual-.*, began 72\d\d s ago; the recovery point is 3600"
    ):
        site.check(now=datetime.now(tz=UTC) + timedelta(hours=2))


def test_an_index_that_is_written_to_while_the_snapshot_is_taken_is_not_counted(site: Site) -> None:
    late = partial(site.cluster.ask, "PUT", "/books/_doc/late", {"number": 99})
    site.search.misbehave(1, Trouble(meanwhile=late, path="/manual-"))
    site.check(take=True)
    assert site.noted.complete is not None
    assert set(site.noted.complete.counts) == {"logs-1", "logs-2"}
