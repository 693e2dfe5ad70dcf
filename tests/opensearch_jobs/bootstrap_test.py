from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.stores.opensearch.jobs.bootstrap import bootstrap
from components.stores.opensearch.jobs.config import BootstrapConfig
from tests.harness.json_server import JsonServer, Request, Trouble
from tests.harness.opensearch import NODES
from tests.harness.told import job, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from components.foundation.jobkit.kubernetes import Kubernetes
    from tests.harness.kubernetes_stub import KubernetesStub
    from tests.harness.opensearch_client import OpenSearch

    Noting = Callable[..., None]

RECORD = ("opensearch", "opensearch-bootstrap")


@pytest.fixture
def noting(kubernetes: Kubernetes) -> Noting:
    """Run the bootstrap of prod with other managers, for as long as a cluster that answers needs."""

    def once(search: Client, managers: Sequence[str] = NODES, seconds: float = 0.3) -> None:
        config = told(BootstrapConfig, "opensearch-jobs-bootstrap")
        config = replace(config, managers=tuple(managers), deadline_seconds=seconds)
        bootstrap(job(config, kubernetes, pause=0.05), search)

    return once


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
    noting: Noting, cluster: OpenSearch, api: KubernetesStub, capsys: pytest.CaptureFixture[str]
) -> None:
    noting(Client(endpoint=cluster.url, tls=cluster.administrator), seconds=20)
    record = api.record(*RECORD)
    assert record is not None
    assert record["cluster_uuid"] == cluster.ask("GET", "/")["cluster_uuid"]
    assert record["managers"].split("\n") == list(NODES)
    assert record["formed_at"].endswith("+00:00")
    assert capsys.readouterr().out.startswith("created ")


@pytest.mark.opensearch
def test_a_second_run_leaves_the_record_as_it_was(
    noting: Noting, cluster: OpenSearch, api: KubernetesStub, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(endpoint=cluster.url, tls=cluster.administrator)
    noting(client, seconds=20)
    before = dict(api.record(*RECORD) or {})
    noting(client, [*NODES, "a later one"], seconds=20)
    assert capsys.readouterr().out.splitlines()[-1].startswith("unchanged ")
    assert api.record(*RECORD) == before


@pytest.mark.opensearch
def test_a_record_of_another_cluster_is_refused_and_kept(
    noting: Noting, cluster: OpenSearch, api: KubernetesStub
) -> None:
    api.write(*RECORD, {"cluster_uuid": "the-first-one"})
    with pytest.raises(JobError, match=r"two clusters: .* names the-first-one\. Nothing was changed\. Stop all writes"):
        noting(Client(endpoint=cluster.url, tls=cluster.administrator))
    assert api.record(*RECORD) == {"cluster_uuid": "the-first-one"}


@pytest.mark.opensearch
def test_a_manager_that_never_joins_is_named_when_the_time_is_over(
    noting: Noting, cluster: OpenSearch, api: KubernetesStub
) -> None:
    with pytest.raises(
        JobError, match=r"first formation: not within 0\.3 s; .*1 of 4 managers have not joined: absent"
    ):
        noting(Client(endpoint=cluster.url, tls=cluster.administrator), [*NODES, "absent"])
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
    noting: Noting,
    api: KubernetesStub,
    cluster_: Scripted,
    sentence: str,
) -> None:
    with JsonServer(cluster_) as server, pytest.raises(JobError, match=sentence):
        noting(Client(endpoint=server.url), "abc")
    assert api.record(*RECORD) is None


def test_two_clusters_behind_one_service_are_told_apart(noting: Noting, api: KubernetesStub) -> None:
    split = Scripted("abc", "abc", ["one", "one", "two", "one"])
    with JsonServer(split) as server, pytest.raises(JobError, match="two clusters"):
        noting(Client(endpoint=server.url), "abc")
    assert api.record(*RECORD) is None


def test_a_cluster_that_starts_slowly_is_waited_for(noting: Noting, api: KubernetesStub) -> None:
    with JsonServer(Scripted("abc", "abc", ["one"])) as server:
        server.misbehave(4, Trouble(status=503, body="OpenSearch Security not initialized."))
        noting(Client(endpoint=server.url), "abc", seconds=20)
    assert (api.record(*RECORD) or {})["cluster_uuid"] == "one"


def test_a_run_that_lost_the_race_reads_what_the_winner_wrote(noting: Noting, api: KubernetesStub) -> None:
    class Racing(Scripted):
        def answer(self, request: Request) -> tuple[int, object]:
            if request.path.startswith("/_cluster/state"):
                api.write(*RECORD, {"cluster_uuid": "another"})
            return super().answer(request)

    with JsonServer(Racing("abc", "abc", ["one"])) as server, pytest.raises(JobError, match="two clusters"):
        noting(Client(endpoint=server.url), "abc")
    assert api.record(*RECORD) == {"cluster_uuid": "another"}
