"""A prod whose buckets stand at an endpoint of its own: who shows which key, which way is open, a job that goes it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trustme
import yaml

from components.composition import context
from components.credentials.passwords import object_store_credentials
from components.foundation.jobkit.archives import opened
from components.foundation.jobkit.config import BucketArchive, decoded
from components.observability.loki.configuration import loki_configuration
from components.observability.tempo.configuration import tempo_configuration
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from components.storage.buckets import KEYS
from components.stores.qdrant.jobs.config import SnapshotConfig
from tests.harness.buckets import in_the_cluster, with_authority
from tests.harness.declare import PROJECT, declare_stack, real_stack
from tests.harness.loki_model import LokiConfiguration
from tests.harness.s3_server import s3, s3_server
from tests.harness.tempo_model import TempoConfiguration
from tests.harness.told import rendered

__all__ = ["s3", "s3_server"]
PROD = (PROJECT / "Pulumi.prod.yaml").read_text(encoding="utf-8")
AUTHORITY = trustme.CA().cert_pem.bytes().decode()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    return read(tmp_path_factory, in_the_cluster(PROD))


@pytest.fixture(scope="module")
def declared(stack):
    return declare_stack(stack, "prod")


@pytest.fixture(scope="module")
def trusting(tmp_path_factory):
    """Of a stack whose endpoint has its certificate from an authority of its own, with another Secret for the key."""

    def changed(name, *others):
        return object_store_credentials(f"{name}-of-tomorrow", *others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "object_store_credentials", changed)
        return declare_stack(read(tmp_path_factory, with_authority(in_the_cluster(PROD), AUTHORITY)), "prod")


def read(factory, text):
    file = factory.mktemp("stack") / "Pulumi.prod.yaml"
    file.write_text(text, encoding="utf-8")
    return read_stack(file, SECRETS)


def keys(declared):
    return [one for one in declared.of_kind("Secret") if "AWS_ACCESS_KEY_ID" in one.inputs.get("stringData", {})]


def users(declared):
    """Pods that show a key: the names of their Secrets, and the pod."""
    for one in declared.workloads:
        for container in one.pod["containers"]:
            shown = {
                entry["valueFrom"]["secretKeyRef"]["name"]
                for entry in container.get("env", [])
                if entry["name"] in KEYS
            }
            if shown:
                yield shown, one, container


def test_every_pod_that_uses_a_bucket_shows_the_key_of_its_namespaces_secret_and_no_role(declared):
    held = {one.namespace: one for one in keys(declared)}
    assert set(held) == {"opensearch", "qdrant", "databases", "observability"}
    assert all(sorted(one.inputs["stringData"]) == sorted(KEYS) for one in held.values())
    assert {one.namespace for _, one, _ in users(declared)} == set(held)
    assert all(shown == {f"{held[one.namespace].name}-made"} for shown, one, _ in users(declared))
    assert not keys(real_stack("prod"))
    pods = str([one.pod for one in declared.workloads])
    accounts = str([one.inputs["metadata"] for one in declared.of_kind("ServiceAccount")])
    assert not [word for word in ("AWS_ROLE_ARN", "aws-token", "eks.amazonaws.com/role-arn") if word in pods + accounts]


def test_another_key_is_another_secret_and_starts_anew_whatever_shows_it(declared, trusting):
    assert not [one for one in keys(declared) if "name" in one.inputs["metadata"]]
    before, after = ({(one.urn, *sorted(shown)) for shown, one, _ in users(of)} for of in (declared, trusting))
    assert {urn for urn, *_ in before} == {urn for urn, *_ in after}
    assert not before & after
    # The nodes wait to be deleted one by one, by a job that is another one for another template.
    assert len({of.one("Job", "opensearch-jobs-restart").trigger for of in (declared, trusting)}) == 2


def test_every_pod_that_uses_a_bucket_trusts_the_authority_of_its_endpoint(trusting):
    assert {one.inputs["stringData"]["ca.crt"].strip() for one in keys(trusting)} == {AUTHORITY.strip()}
    seen = set()
    for shown, one, container in users(trusting):
        environment = {entry["name"]: entry.get("value") for entry in container["env"]}
        held = [volume for volume in one.pod["volumes"] if volume.get("secret", {}).get("secretName") in shown]
        mounted = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == held[0]["name"]]
        assert held[0]["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}], one.urn
        assert environment["AWS_CA_BUNDLE"] == environment["SSL_CERT_FILE"] == f"{mounted[0]}/ca.crt", one.urn
        seen.add(one.namespace)
    assert seen == {"opensearch", "qdrant", "databases", "observability"}
    sent = rendered(trusting, "opensearch-jobs-configure")["repositories"]
    assert "netty" in str(sent), "the other client of OpenSearch's plugin asks the image's system whom it trusts"


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


def test_opensearch_asks_by_path_at_the_endpoint_and_names_no_encryption_of_its_own(declared):
    of_nodes = [one.inputs["data"] for one in declared.of_kind("ConfigMap") if "opensearch.yml" in one.inputs["data"]]
    assert of_nodes
    for files in of_nodes:
        settings = yaml.safe_load(files["opensearch.yml"])
        assert {key: value for key, value in settings.items() if key.startswith("s3.client")} == {
            "s3.client.default.region": "fsn1",
            "s3.client.default.endpoint": "https://minio.minio.svc:9000",
            "s3.client.default.path_style_access": True,
        }
    (repository,) = rendered(declared, "opensearch-jobs-configure")["repositories"].values()
    assert repository["settings"]["server_side_encryption_type"] == "bucket_default"
    assert "s3_async_client_type" not in repository["settings"], "that of the plugin's authors is the faster one"


def test_a_job_writes_through_what_it_is_told(declared, s3):
    told = decoded(SnapshotConfig, rendered(declared, "qdrant-snapshots"), "qdrant-snapshots").snapshots.archive
    assert isinstance(told, BucketArchive)
    assert (told.endpoint, told.region) == ("https://minio.minio.svc:9000", "fsn1")
    # A server of the tests has neither TLS nor a name.
    archive = opened(replace(told, endpoint=s3.endpoint, bucket=s3.bucket))
    archive.write("sets/1/a", b"content")
    assert archive.read("sets/1/a") == b"content"
    assert s3.client.get_object(Bucket=s3.bucket, Key="qdrant/sets/1/a")["Body"].read() == b"content"
