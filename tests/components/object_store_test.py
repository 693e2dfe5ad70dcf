"""A prod whose buckets stand at an endpoint of its own: who shows which key, which way is open, a job that goes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.foundation.jobkit.archives import opened
from components.foundation.jobkit.config import BucketArchive, decoded
from components.observability.loki.configuration import loki_configuration
from components.observability.tempo.configuration import tempo_configuration
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from components.storage.buckets import CREDENTIALS, KEYS
from components.stores.opensearch.repositories import s3_repository
from components.stores.qdrant.jobs.config import SnapshotConfig
from tests.harness.buckets import in_the_cluster
from tests.harness.declare import PROJECT, declare_stack, real_stack
from tests.harness.loki_model import LokiConfiguration
from tests.harness.s3_server import s3, s3_server
from tests.harness.tempo_model import TempoConfiguration
from tests.harness.told import rendered

__all__ = ["s3", "s3_server"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    file = tmp_path_factory.mktemp("stack") / "Pulumi.prod.yaml"
    file.write_text(in_the_cluster((PROJECT / file.name).read_text(encoding="utf-8")), encoding="utf-8")
    return read_stack(file, SECRETS)


@pytest.fixture(scope="module")
def declared(stack):
    return declare_stack(stack, "prod")


def test_every_pod_that_uses_a_bucket_shows_the_key_of_its_namespaces_secret_and_no_role(declared):
    secrets = [one for one in declared.of_kind("Secret") if one.object_name == CREDENTIALS]
    held = {(one.namespace, *sorted(one.inputs["stringData"])) for one in secrets}
    users = {
        one.namespace
        for one in declared.workloads
        for container in one.pod["containers"]
        if any(entry["name"] == "AWS_ACCESS_KEY_ID" for entry in container.get("env", []))
    }
    assert held == {(namespace, *sorted(KEYS)) for namespace in users}
    assert users == {"opensearch", "qdrant", "databases", "observability"}
    assert not [one for one in real_stack("prod").of_kind("Secret") if one.object_name == CREDENTIALS]
    pods = str([one.pod for one in declared.workloads])
    accounts = str([one.inputs["metadata"] for one in declared.of_kind("ServiceAccount")])
    assert not [word for word in ("AWS_ROLE_ARN", "aws-token", "eks.amazonaws.com/role-arn") if word in pods + accounts]


def test_the_way_out_leads_to_the_storages_namespace_and_port_and_nowhere_else(declared):
    rules = [
        rule
        for policy in declared.of_kind("NetworkPolicy")
        for rule in policy.inputs["spec"].get("egress", [])
        if "minio" in str(rule)
    ]
    assert len(rules) >= 6
    named = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["minio"]}
    expected = {
        "to": [{"namespaceSelector": {"matchExpressions": [named]}}],
        "ports": [{"protocol": "TCP", "port": 9000}],
    }
    assert all(rule == expected for rule in rules)


def test_loki_and_tempo_ask_by_path_at_the_endpoint(stack):
    loki = LokiConfiguration.model_validate(loki_configuration(stack.loki)).storage_config.object_store.s3
    tempo = TempoConfiguration.model_validate(
        tempo_configuration(stack.tempo, ["http://a:9090"], "prod")
    ).storage.trace.s3
    assert loki is not None
    assert tempo is not None
    assert (loki.endpoint, loki.bucket_lookup_type, loki.insecure) == ("minio.minio.svc:9000", "path", False)
    assert (tempo.endpoint, tempo.forcepathstyle, tempo.insecure) == ("minio.minio.svc:9000", True, False)


def test_opensearch_asks_by_path_at_the_endpoint_and_names_no_encryption_of_its_own(stack):
    repository = s3_repository(stack.opensearch.snapshots.s3)
    assert repository.node_settings == {
        "s3.client.default.region": "fsn1",
        "s3.client.default.endpoint": "https://minio.minio.svc:9000",
        "s3.client.default.path_style_access": True,
    }
    assert repository.definition["settings"]["server_side_encryption_type"] == "bucket_default"


def test_a_job_writes_through_what_it_is_told(declared, s3):
    told = decoded(SnapshotConfig, rendered(declared, "qdrant-snapshots"), "qdrant-snapshots").snapshots.archive
    assert isinstance(told, BucketArchive)
    assert (told.endpoint, told.region) == ("https://minio.minio.svc:9000", "fsn1")
    # A server of the tests has neither TLS nor a name.
    archive = opened(replace(told, endpoint=s3.endpoint, bucket=s3.bucket))
    archive.write("sets/1/a", b"content")
    assert archive.read("sets/1/a") == b"content"
    assert s3.client.get_object(Bucket=s3.bucket, Key="qdrant/sets/1/a")["Body"].read() == b"content"
