"""The real cluster, the plugins in front of it, and a Kubernetes API beside it."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.report import Report
from components.stores.opensearch.jobs.config import ConfigureConfig
from components.stores.opensearch.jobs.configure import configure
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_stub import TOKEN, KubernetesStub
from tests.harness.opensearch import opensearch_cluster
from tests.harness.opensearch_plugins import OpenSearchPlugins
from tests.harness.told import job, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.harness.opensearch_client import OpenSearch

    Run = Callable[[ConfigureConfig], tuple[int, str, str]]

__all__ = ["opensearch_cluster"]

PASSWORDS = {
    "admin": "correct-horse-battery",
    "automation": "staple-and-then-some",
    "console": "a-third-one-entirely",
    "logs": "written-and-never-read",
    "metrics": "only-numbers-for-this-one",
}


@pytest.fixture
def cluster(opensearch_cluster: OpenSearch) -> Iterator[OpenSearch]:
    yield opensearch_cluster
    opensearch_cluster.clear()


@pytest.fixture
def plugins(cluster: OpenSearch) -> OpenSearchPlugins:
    return OpenSearchPlugins(cluster)


@pytest.fixture
def search(plugins: OpenSearchPlugins) -> Iterator[JsonServer]:
    with JsonServer(plugins) as server:
        yield server


@pytest.fixture
def api() -> KubernetesStub:
    return KubernetesStub()


@pytest.fixture
def kubernetes(api: KubernetesStub) -> Iterator[Kubernetes]:
    with JsonServer(api) as server:
        yield Kubernetes(Client(endpoint=server.url, authorization=f"Bearer {TOKEN}", pause=0.01))


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The passwords as a pod finds them."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name, password in PASSWORDS.items():
        (folder / name).write_text(f"{password}\n")
    return folder


def told_here(cluster: OpenSearch, stack: str = "prod") -> ConfigureConfig:
    """Return what the configure job of a stack is told, but for what depends on the machines.

    The core server has no S3 plugin, and no bucket is reachable from a test.
    """
    place = {"type": "fs", "settings": {"location": str(cluster.repositories / stack)}}
    return replace(
        told(ConfigureConfig, "opensearch-jobs-configure", stack), nodes=3, repositories={"snapshots": place}
    )


@pytest.fixture
def config(cluster: OpenSearch) -> ConfigureConfig:
    """What the configure job of prod is told; watermarks of its disks would keep shards from ours."""
    found = told_here(cluster)
    kept = {key: value for key, value in found.cluster_settings.items() if "watermark" not in key}
    return replace(found, deadline_seconds=20, cluster_settings=kept)


def opens(cluster: OpenSearch, user: str, password: str) -> bool:
    """Return whether a user is let in with a password."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return cluster.send("GET", "/_plugins/_security/authinfo", None, f"Basic {pair}")[0] == 200


def secured(cluster: OpenSearch, kind: str, name: str) -> dict[str, Any]:
    """Return a user, a role or a mapping as the security plugin has it."""
    return cluster.ask("GET", f"/_plugins/_security/api/{kind}/{name}")[name]


def number(config: ConfigureConfig) -> int:
    """Return how many objects a configuration declares."""
    kinds = ("users", "roles", "role_mappings", "cluster_settings", "repositories", "index_templates")
    return sum(len(getattr(config, kind)) for kind in (*kinds, "ism_policies", "snapshot_policies"))


@pytest.fixture
def run(secrets: Path, search: JsonServer, kubernetes: Kubernetes, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the job and return its exit code, what it said, and what it complained of; no password in either."""

    def once(config: ConfigureConfig) -> tuple[int, str, str]:
        report = Report()
        client = Client(endpoint=search.url, pause=0.01)
        here = replace(config, endpoint=search.url)
        configure(job(here, kubernetes, secrets=secrets, pause=0.05), client, report)
        code = report.close()
        said = capsys.readouterr()
        assert not [word for word in PASSWORDS.values() if word in said.out + said.err]
        return code, said.out, said.err

    return once
