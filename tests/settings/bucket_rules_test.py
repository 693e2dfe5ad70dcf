"""Buckets at AWS and elsewhere: prod without AWS is accepted, and what mixes the two is refused."""

import pytest
import trustme

from components.settings.read import read_stack
from components.settings.report import SettingsError
from tests.harness.buckets import ENDPOINT, elsewhere, in_the_cluster, with_authority
from tests.harness.declare import PROJECT

PROD = (PROJECT / "Pulumi.prod.yaml").read_text(encoding="utf-8")
KEYS = {"objectStoreAccessKey", "objectStoreSecretKey"}


@pytest.fixture
def judged(tmp_path):
    """Judge a text of the tier prod; returns mistakes by key."""

    def judge(text, name="prod"):
        file = tmp_path / f"Pulumi.{name}.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            read_stack(file)
        except SettingsError as error:
            return {one.key: one for one in error.mistakes if "secret is missing" not in one.problem}
        return {}

    return judge


def test_a_prod_without_aws_needs_nothing_else_and_asks_for_its_key(tmp_path, judged):
    assert judged(in_the_cluster(PROD)) == {}
    assert judged(elsewhere(PROD)) == {}
    asked = [one.key for one in told(tmp_path)]
    assert {f"ballast:{name}" for name in KEYS} <= set(asked)
    judged(PROD)
    assert not {f"ballast:{name}" for name in KEYS} & {one.key for one in told(tmp_path)}


def told(tmp_path):
    with pytest.raises(SettingsError) as caught:
        read_stack(tmp_path / "Pulumi.prod.yaml")
    return caught.value.mistakes


S3 = "ballast:opensearch.snapshots.s3"
HERE = '  roleArn: "arn:aws:iam::111122223333:role/acme-prod-opensearch-snapshots"'
NETWORKS = "egressCidrs: [10.30.16.0/20]     # networks of the VPC's endpoints for S3 and STS"
BROKEN = {
    "a role and an endpoint": (PROD.replace(HERE, f"{HERE}\n        {ENDPOINT}"), f"{S3}.roleArn", "knows no roles"),
    "neither role nor endpoint": (PROD.replace(HERE, ""), f"{S3}.roleArn", "is missing"),
    "a region that AWS has not": (
        PROD.replace("region: eu-central-1", "region: fsn1"),
        f"{S3}.region",
        "no AWS region",
    ),
    "a namespace at AWS": (
        PROD.replace(NETWORKS, f"{NETWORKS}\n        namespace: minio"),
        f"{S3}.namespace",
        "is AWS's",
    ),
    "no networks at AWS": (PROD.replace(NETWORKS, ""), f"{S3}.egressCidrs", "is missing"),
    "an endpoint with a path": (
        elsewhere(PROD, "endpoint: https://s3.example.com/acme"),
        f"{S3}.endpoint",
        "no path",
    ),
    "an endpoint without TLS": (elsewhere(PROD, "endpoint: http://s3.example.com"), f"{S3}.endpoint", "without TLS"),
    "an endpoint by nobody": (elsewhere(PROD).replace(NETWORKS, ""), S3, "has neither"),
    "an endpoint here and there": (
        elsewhere(PROD).replace(NETWORKS, f"{NETWORKS}\n        namespace: minio"),
        S3,
        "has both",
    ),
    "a Service of another namespace": (
        in_the_cluster(PROD).replace("namespace: minio", "namespace: storage", 1),
        f"{S3}.namespace",
        "write minio",
    ),
    "a storage among the cluster's own programs": (
        in_the_cluster(PROD).replace("minio.minio.svc", "minio.kube-system.svc").replace(": minio", ": kube-system"),
        f"{S3}.namespace",
        "no object storage",
    ),
    "a storage among the platform's own programs": (
        in_the_cluster(PROD).replace("minio.minio.svc", "minio.qdrant.svc").replace(": minio", ": qdrant"),
        f"{S3}.namespace",
        "the platform's own",
    ),
    "a Service by networks": (
        elsewhere(PROD, "endpoint: https://minio.minio.svc.cluster.local"),
        f"{S3}.namespace",
        "write minio",
    ),
    "two storages": (
        elsewhere(PROD).replace(ENDPOINT, "endpoint: https://other.example.com", 1),
        "ballast:tempo.s3.endpoint",
        "one pair of keys",
    ),
}


AUTHORITY = trustme.CA()
GIVEN = AUTHORITY.cert_pem.bytes().decode()
SERVERS = AUTHORITY.issue_cert("minio.minio.svc")
ITS_KEY = SERVERS.private_key_pem.bytes().decode()
LEAF = SERVERS.cert_chain_pems[0].bytes().decode()
BROKEN |= {
    f"an authority: {case}": (with_authority(text, certificates), "ballast:objectStoreAuthority", words)
    for case, text, certificates, words in (
        ("and no endpoint", PROD, GIVEN, "public authorities"),
        ("its key", in_the_cluster(PROD), GIVEN + ITS_KEY, "a private key"),
        ("a server's", in_the_cluster(PROD), GIVEN + LEAF, "the certificate of a server"),
        ("a line too few", in_the_cluster(PROD), GIVEN.replace(GIVEN.splitlines()[3] + "\n", ""), "can't be read"),
        ("a path", in_the_cluster(PROD), "/etc/ssl/ca.crt", "nothing else, but is the text"),
        ("with words", in_the_cluster(PROD), f"of 2026\n{GIVEN}", "lines of a certificate"),
        ("an unseen character", in_the_cluster(PROD), GIVEN.replace("M", "\u041c", 1), "lines of a certificate"),
    )
}


def test_the_old_and_the_new_authority_stand_side_by_side_while_one_follows_the_other(judged):
    both = GIVEN + trustme.CA().cert_pem.bytes().decode()
    assert judged(with_authority(in_the_cluster(PROD), both)) == {}


@pytest.mark.parametrize("case", BROKEN)
def test_what_mixes_both_or_is_half_of_one_is_refused(case, judged):
    text, key, words = BROKEN[case]
    found = judged(text)
    assert words in found[key].problem + found[key].remedy


@pytest.mark.parametrize("region", ["eu-central", "eu-central-1a", "europe-west1", "frankfurt", "us-nord-1"])
def test_at_aws_a_region_is_one_that_aws_has(region, judged):
    found = judged(PROD.replace("region: eu-central-1\n", f"region: {region}\n"))
    assert "no AWS region" in found[f"{S3}.region"].problem


def test_without_tls_is_for_what_is_not_prod(judged):
    text = (PROJECT / "Pulumi.staging.yaml").read_text(encoding="utf-8")
    assert judged(in_the_cluster(text).replace("https://minio", "http://minio"), "staging") == {}
