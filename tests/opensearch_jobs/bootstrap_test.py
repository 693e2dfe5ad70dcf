from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import Deadline
from components.stores.opensearch.jobs.bootstrap import found
from tests.harness.json_server import JsonServer, Request, Trouble
from tests.harness.opensearch import NODES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from components.foundation.jobkit.kubernetes import Kubernetes
    from components.foundation.jobkit.orders import Orders
    from tests.harness.kubernetes_stub import KubernetesStub
    from tests.harness.opensearch import OpenSearch

RECORD = ("search", "search-bootstrap")


def _task(managers: Sequence[str] = NODES, endpoint: str = "http://unused") -> dict[str, Any]:
    bootstrap = {"namespace": RECORD[0], "configMap": RECORD[1], "managers": list(managers)}
    return {"endpoint": endpoint, "bootstrap": bootstrap}


def _quickly() -> Deadline:
    return Deadline.after(0.3, pause=0.05)


class Scripted:
    """A cluster that says what a test wants: nodes, votes, an identity per answer."""

    def __init__(self, names: Sequence[str], voting: Sequence[str], uuids: Sequence[str], elected: str = "a") -> None:
        self.names, self.voting, self.uuids, self.elected = names, voting, list(uuids), elected

    def answer(self, request: Request) -> tuple[int, object]:
        if request.path == "/":
            return 200, {"cluster_uuid": self.uuids.pop(0) if len(self.uuids) > 1 else self.uuids[0]}
        if request.path.startswith("/_nodes"):
            return 200, {"nodes": {name: {"name": name, "roles": ["cluster_manager"]} for name in self.names}}
        metadata = {"cluster_uuid": self.uuids[0], "cluster_coordination": {"last_committed_config": self.voting}}
        return 200, {"master_node": self.elected, "metadata": metadata}


@pytest.mark.opensearch
def test_the_first_formation_of_a_real_cluster_is_recorded(
    orders: Callable[[dict[str, Any]], Orders], cluster: OpenSearch, kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    line = found(orders(_task()), Client(endpoint=f"http://{cluster.host}"), kubernetes, Deadline.after(20))
    record = api.record(*RECORD)
    assert record is not None
    assert record["cluster_uuid"] == cluster.ask("GET", "/")["cluster_uuid"]
    assert record["managers"].split("\n") == list(NODES)
    assert record["founded_at"].endswith("+00:00")
    assert line.startswith("created ")


@pytest.mark.opensearch
def test_a_second_run_leaves_the_record_as_it_was(
    orders: Callable[[dict[str, Any]], Orders], cluster: OpenSearch, kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    client = Client(endpoint=f"http://{cluster.host}")
    found(orders(_task()), client, kubernetes, Deadline.after(20))
    before = dict(api.record(*RECORD) or {})
    line = found(orders(_task([*NODES, "a later one"])), client, kubernetes, Deadline.after(20))
    assert line.startswith("unchanged ")
    assert api.record(*RECORD) == before


@pytest.mark.opensearch
def test_a_record_of_another_cluster_is_refused_and_kept(
    orders: Callable[[dict[str, Any]], Orders], cluster: OpenSearch, kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    api.write(*RECORD, {"cluster_uuid": "the-first-one"})
    with pytest.raises(JobError, match=r"two clusters: .* names the-first-one\. Nothing was changed\. Stop all writes"):
        found(orders(_task()), Client(endpoint=f"http://{cluster.host}"), kubernetes, _quickly())
    assert api.record(*RECORD) == {"cluster_uuid": "the-first-one"}


@pytest.mark.opensearch
def test_a_manager_that_never_joins_is_named_when_the_time_is_over(
    orders: Callable[[dict[str, Any]], Orders], cluster: OpenSearch, kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    with pytest.raises(
        JobError, match=r"first formation: not within 0\.3 s; .*1 of 4 managers have not joined: absent"
    ):
        found(orders(_task([*NODES, "absent"])), Client(endpoint=f"http://{cluster.host}"), kubernetes, _quickly())
    assert api.record(*RECORD) is None


@pytest.mark.parametrize(
    ("cluster_", "sentence"),
    [
        (Scripted("ab", "ab", ["one"]), "1 of 3 managers have not joined: c"),
        (Scripted("abc", "a", ["one"]), "2 of 3 managers have joined but have no vote yet: b, c"),
        (Scripted("abc", "abc", ["one"], elected=""), "no cluster manager is elected"),
        (Scripted("abc", "abc", ["_na_"]), "belongs to no cluster yet"),
    ],
)
def test_nothing_is_recorded_before_the_formation_is_complete(
    orders: Callable[[dict[str, Any]], Orders],
    kubernetes: Kubernetes,
    api: KubernetesStub,
    cluster_: Scripted,
    sentence: str,
) -> None:
    with JsonServer(cluster_) as server, pytest.raises(JobError, match=sentence):
        found(orders(_task("abc")), Client(endpoint=server.url), kubernetes, _quickly())
    assert api.record(*RECORD) is None


def test_two_clusters_behind_one_service_are_told_apart(
    orders: Callable[[dict[str, Any]], Orders], kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    split = Scripted("abc", "abc", ["one", "one", "two", "one"])
    with JsonServer(split) as server, pytest.raises(JobError, match="two clusters"):
        found(orders(_task("abc")), Client(endpoint=server.url), kubernetes, _quickly())
    assert api.record(*RECORD) is None


def test_a_cluster_that_starts_slowly_is_waited_for(
    orders: Callable[[dict[str, Any]], Orders], kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    with JsonServer(Scripted("abc", "abc", ["one"])) as server:
        server.misbehave(4, Trouble(status=503, body="OpenSearch Security not initialized."))
        found(orders(_task("abc")), Client(endpoint=server.url), kubernetes, Deadline.after(5, pause=0.05))
    assert (api.record(*RECORD) or {})["cluster_uuid"] == "one"


def test_a_run_that_lost_the_race_reads_what_the_winner_wrote(
    orders: Callable[[dict[str, Any]], Orders], kubernetes: Kubernetes, api: KubernetesStub
) -> None:
    class Racing(Scripted):
        def answer(self, request: Request) -> tuple[int, object]:
            if request.path.startswith("/_cluster/state"):
                api.write(*RECORD, {"cluster_uuid": "another"})
            return super().answer(request)

    with JsonServer(Racing("abc", "abc", ["one"])) as server, pytest.raises(JobError, match="two clusters"):
        found(orders(_task("abc")), Client(endpoint=server.url), kubernetes, _quickly())
    assert api.record(*RECORD) == {"cluster_uuid": "another"}
