"""The bootstrap record, written with the rights that the program really gives, against a real API server."""

from __future__ import annotations

import ssl

import pytest
import yaml

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes

pytestmark = pytest.mark.engine

RECORD = {"cluster_uuid": "first", "formed_at": "2026-01-01T00:00:00Z", "managers": "opensearch-all-local-a-0"}


@pytest.fixture(scope="module")
def as_bootstrap_job(dev):
    """The API server as the bootstrap job's service account meets it."""
    token = dev.cluster.kubectl(
        "create", "token", "opensearch-jobs-bootstrap", "--namespace", "opensearch"
    ).stdout.strip()
    server = yaml.safe_load(dev.cluster.kubeconfig.read_text())["clusters"][0]["cluster"]
    trust = ssl.create_default_context(cadata=_authority(server))
    return Kubernetes(Client(endpoint=server["server"], tls=trust, authorization=f"Bearer {token}"))


def _authority(server):
    import base64

    return base64.b64decode(server["certificate-authority-data"]).decode()


def test_the_record_is_written_once_and_never_overwritten(as_bootstrap_job):
    assert as_bootstrap_job.config_map("opensearch", "opensearch-bootstrap") is None
    assert as_bootstrap_job.create_config_map("opensearch", "opensearch-bootstrap", RECORD)
    assert as_bootstrap_job.config_map("opensearch", "opensearch-bootstrap") == RECORD
    assert not as_bootstrap_job.create_config_map(
        "opensearch", "opensearch-bootstrap", {**RECORD, "cluster_uuid": "second"}
    )
    assert as_bootstrap_job.config_map("opensearch", "opensearch-bootstrap") == RECORD


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/v1/namespaces/opensearch/configmaps/opensearch-bootstrap"),
        ("PUT", "/api/v1/namespaces/opensearch/configmaps/opensearch-bootstrap"),
        ("GET", "/api/v1/namespaces/opensearch/secrets"),
        ("GET", "/api/v1/namespaces/opensearch/configmaps"),
        ("GET", "/api/v1/namespaces/kube-system/configmaps/opensearch-bootstrap"),
        ("GET", "/api/v1/nodes"),
    ],
)
def test_the_job_may_do_nothing_else(as_bootstrap_job, method, path):
    with pytest.raises(JobError, match="403"):
        as_bootstrap_job.client.request(method, path, {} if method == "PUT" else None)
