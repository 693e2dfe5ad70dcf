"""The jobs as their pods run them: processes, TLS, the admin certificate, files for everything."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.context import JobContext
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.stores.opensearch.jobs.config import ConfigureConfig
from tests.harness.certificates import Authority, server_context
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_stub import TOKEN, KubernetesStub
from tests.harness.opensearch_client import ADMINISTRATOR, STRANGER
from tests.harness.told import told, write
from tests.opensearch_jobs.conftest import opens

if TYPE_CHECKING:
    from tests.harness.opensearch_client import OpenSearch

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse-battery"  # noqa: S105 - a test's


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def _configure(tmp_path: Path, url: str, certificate: Path) -> subprocess.CompletedProcess[str]:
    config = told(ConfigureConfig, "opensearch-jobs-configure")
    kinds = ("roles", "role_mappings", "cluster_settings", "repositories", "index_templates")
    nothing = {key: {} for key in (*kinds, "snapshot_policies", "ism_policies")}
    users = {"automation": config.users["automation"]}
    config = replace(config, endpoint=url, nodes=1, deadline_seconds=2, users=users, **nothing)
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "automation").write_text(PASSWORD)
    environment = {
        **os.environ,
        "BALLAST_CONFIG": str(write(config, tmp_path / "config.json")),
        "BALLAST_TLS": str(certificate),
        "BALLAST_SECRETS": str(tmp_path / "secrets"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "components.stores.opensearch.jobs.configure"]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.opensearch
def test_the_configure_job_comes_with_the_administrators_certificate(tmp_path: Path, cluster: OpenSearch) -> None:
    certificate = cluster.certificate(ADMINISTRATOR)
    first = _configure(tmp_path, cluster.url, certificate)
    second = _configure(tmp_path, cluster.url, certificate)
    # Index management isn't there to list its policies; a proxy that answered for it would hide the certificate.
    complaints = (first.stderr + second.stderr).splitlines()
    assert [line for line in complaints if "policy list: " not in line] == []
    assert opens(cluster, "automation", PASSWORD)
    assert "1 created, 0 updated, 0 unchanged" in first.stdout
    assert "0 created, 0 updated, 1 unchanged" in second.stdout
    assert PASSWORD not in first.stdout + first.stderr + second.stdout + second.stderr


@pytest.mark.opensearch
def test_a_certificate_of_another_name_is_nobody(tmp_path: Path, cluster: OpenSearch) -> None:
    ended = _configure(tmp_path, cluster.url, cluster.certificate(STRANGER))
    assert ended.returncode == 1
    assert "the cluster: not within 2 s; at the end: GET /_cluster/health answered 401" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_of_another_authority_is_told_nothing(tmp_path: Path, authority: Authority) -> None:
    stranger = Authority()
    authority.issue(tmp_path / "tls", "opensearch-admin")
    with JsonServer(KubernetesStub(), tls=server_context(stranger.issue(tmp_path / "server", "node"))) as server:
        ended = _configure(tmp_path, server.url, tmp_path / "tls")
        assert server.log == []
    assert ended.returncode == 1
    assert "shows a certificate that ca.crt does not vouch for" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_missing_admin_certificate_is_named(tmp_path: Path, authority: Authority) -> None:
    authority.issue(tmp_path / "tls", "opensearch-admin")
    (tmp_path / "tls" / "tls.key").unlink()
    ended = _configure(tmp_path, "https://127.0.0.1:1", tmp_path / "tls")
    assert ended.returncode == 1
    assert "tls.crt and tls.key are no certificate with its key" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_kubernetes_api_is_reached_with_the_pods_token_over_its_own_authority(
    tmp_path: Path, authority: Authority
) -> None:
    account = authority.issue(tmp_path / "account", "unused")
    (account / "token").write_text(f"{TOKEN}\n")
    context = server_context(authority.issue(tmp_path / "server", "kubernetes"))
    with JsonServer(KubernetesStub(), tls=context) as server:
        environment = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(server.port)}
        kubernetes = Kubernetes.from_pod(environment, account)
        assert kubernetes.config_map("opensearch", "record") is None
        assert kubernetes.create_config_map("opensearch", "record", {"a": "b"})
        assert not kubernetes.create_config_map("opensearch", "record", {"a": "c"})
        assert kubernetes.config_map("opensearch", "record") == {"a": "b"}


def test_outside_a_pod_the_bootstrap_job_says_so() -> None:
    with pytest.raises(JobError, match="runs in a pod only"):
        Kubernetes.from_pod({})


def test_plain_http_needs_no_certificate(tmp_path: Path) -> None:
    context = JobContext(None, tls=tmp_path / "absent")
    assert context.administrator("http://127.0.0.1:1") == Client(endpoint="http://127.0.0.1:1")
