"""What is refused of buckets that are to be made, each mistake at its key."""

from __future__ import annotations

import pytest

from components.settings.bucket_rules import buckets
from tests.cloud.conftest import PROD, refused_at, settings_of
from tests.harness.made_buckets import ACCOUNT, DRIVER, IRSA, POD_IDENTITY, copied, made, moved, reached_by

MADE = made(PROD)
COPIED = copied(MADE)
AWS = MADE[MADE.index("  ballast:aws:") : MADE.index("  ballast:volumes:")]
S3 = "ballast:opensearch.snapshots.s3"
FIRST = "made: {recoverableFor: 14d}"


def test_both_ways_to_take_on_a_role_are_accepted(tmp_path):
    for identity in (IRSA, POD_IDENTITY):
        stack = settings_of(made(PROD, identity), tmp_path)
        assert stack.aws is not None
        assert stack.aws.partition == "aws"
        assert {place.is_made for _, place in buckets(stack) if "snapshots" in place.bucket} == {True}
    china = made(PROD.replace("eu-central-1", "cn-north-1").replace("arn:aws:", "arn:aws-cn:"))
    china = china.replace("arn:aws:", "arn:aws-cn:").replace("region: eu-central-1", "region: cn-north-1")
    stack = settings_of(china, tmp_path)
    assert stack.aws is not None
    assert stack.aws.role_arn("acme-cn") == "arn:aws-cn:iam::123456789012:role/acme-cn"


BROKEN = {
    "no account": (MADE.replace(AWS, ""), f"{S3}.made", "add ballast:aws"),
    "a storage class and no account": (
        MADE.replace(AWS, ""),
        "ballast:cluster.storageClass.made",
        "add ballast:aws",
    ),
    "a driver of another account": (
        MADE.replace(DRIVER, DRIVER.replace(ACCOUNT, "444455556666")),
        "ballast:cluster.storageClass.made.driverRole",
        "is of the account 444455556666",
    ),
    "a storage class that another platform could make": (
        MADE.replace("  ballast:cluster:", "  ballast:namespacePrefix: eu-\n  ballast:cluster:", 1),
        "ballast:cluster.storageClass.name",
        "write eu-gp3-retain",
    ),
    "a region of another environment": (
        MADE.replace(AWS, AWS.replace("region: eu-central-1", "region: eu-west-1")),
        f"{S3}.region",
        "is made in eu-west-1",
    ),
    "made and existing": (
        MADE.replace(FIRST, f'{FIRST}\n        roleArn: "arn:aws:iam::123456789012:role/a"', 1),
        f"{S3}.made",
        "beside roleArn",
    ),
    "made and elsewhere": (
        MADE.replace(FIRST, f"{FIRST}\n        endpoint: https://s3.example.com", 1),
        f"{S3}.made",
        "beside endpoint",
    ),
    "one bucket for two": (
        MADE.replace("acme-prod-qdrant-snapshots", "acme-prod-opensearch-snapshots"),
        f"{S3}.bucket",
        "named twice",
    ),
    "a bucket of somebody's telemetry": (
        MADE.replace("bucket: acme-prod-logs", "bucket: acme-prod-opensearch-snapshots"),
        f"{S3}.bucket",
        "named twice",
    ),
    "hours of versions": (MADE.replace("14d", "14h", 1), f"{S3}.made.recoverableFor", "whole days"),
    "a bucket name that S3 refuses": (
        MADE.replace("bucket: acme-prod-opensearch-snapshots", "bucket: Acme_prod"),
        f"{S3}.bucket",
        "must be an S3 bucket name",
    ),
    "two ways to reach Loki's buckets": (
        moved(MADE, f'roleArn: "arn:aws:iam::{ACCOUNT}:role/a"'),
        "ballast:loki.periods.later.s3.made",
        "all of Loki's buckets or none",
    ),
    "a copy and no region for it": (
        COPIED.replace("    replicaRegion: eu-west-1\n", ""),
        f"{S3}.made.replica",
        "nothing says in which region",
    ),
    "a region and no copy": (
        MADE.replace("    tags: [", "    replicaRegion: eu-west-1\n    tags: ["),
        "ballast:aws.replicaRegion",
        "no bucket has a copy there",
    ),
    "a copy where the bucket is": (
        COPIED.replace("replicaRegion: eu-west-1", "replicaRegion: eu-central-1"),
        "ballast:aws.replicaRegion",
        "lost together",
    ),
    "a copy in another partition": (
        COPIED.replace("replicaRegion: eu-west-1", "replicaRegion: cn-north-1"),
        "ballast:aws.replicaRegion",
        "which copies none",
    ),
    "a copy onto another bucket": (
        COPIED.replace("acme-prod-qdrant-snapshots-copy", "acme-prod-logs"),
        "ballast:qdrant.snapshots.s3.made.replica",
        "is a copy of one other",
    ),
    **{
        f"a lock on what {section} writes anew": (
            reached_by(MADE, bucket, "made: {recoverableFor: 14d, lock: governance}"),
            f"ballast:{section}.{'snapshots.' if section == 'opensearch' else ''}s3.made.lock",
            "writes some of its objects anew",
        )
        for section, bucket in (
            ("opensearch", "acme-prod-opensearch-snapshots"),
            ("loki", "acme-prod-logs"),
            ("tempo", "acme-prod-traces"),
        )
    },
    "no provider for IRSA": (
        MADE.replace(IRSA, "identity: irsa"),
        "ballast:aws.oidcProvider",
        "needs the cluster's OIDC issuer",
    ),
    "a scheme before the issuer": (
        MADE.replace("oidcProvider: oidc", "oidcProvider: https://oidc"),
        "ballast:aws.oidcProvider",
        "without https://",
    ),
    "no cluster for Pod Identity": (
        MADE.replace(IRSA, "identity: podIdentity"),
        "ballast:aws.clusterName",
        "needs the name of the EKS cluster",
    ),
    "what the other way needs": (
        MADE.replace(IRSA, f"{POD_IDENTITY}\n    oidcProvider: oidc.example.com"),
        "ballast:aws.oidcProvider",
        "asks nobody for it",
    ),
    "a boundary of another account": (
        MADE.replace("iam::123456789012:policy", "iam::444455556666:policy"),
        "ballast:aws.permissionsBoundary",
        "is of the account 444455556666",
    ),
    "a boundary of another partition": (
        MADE.replace("arn:aws:iam::123456789012:policy", "arn:aws-cn:iam::123456789012:policy"),
        "ballast:aws.permissionsBoundary",
        "in the partition aws-cn",
    ),
    "a role of another account": (
        reached_by(MADE, "acme-prod-logs", 'roleArn: "arn:aws:iam::444455556666:role/a"'),
        "ballast:loki.s3.roleArn",
        "is of the account 444455556666",
    ),
    "an account that is a word": (
        MADE.replace('account: "123456789012"', "account: prod"),
        "ballast:aws.account",
        "12 digits",
    ),
    "a tag that is AWS's": (
        MADE.replace("cost-centre=platform", "aws:a=b"),
        "ballast:aws.tags[0]",
        "not aws:",
    ),
    "a tag of two values": (
        MADE.replace("cost-centre=platform", "a=b, a=c"),
        "ballast:aws.tags[1]",
        "a second value",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_it_is_refused_at_its_key_in_one_sentence(case, tmp_path):
    text, key, words = BROKEN[case]
    assert text != MADE
    assert words in refused_at(key, text, tmp_path)
