"""Copies in another region, and locks: declared, and allowed no more than S3 needs."""

from __future__ import annotations

import json

import pytest

from tests.cloud.declared_test import HOLDING, closure
from tests.harness.iam import Request, allowed
from tests.harness.linted import unwaived
from tests.harness.made_buckets import ACCOUNT

SOURCE, COPY = "acme-prod-qdrant-snapshots", "acme-prod-qdrant-snapshots-copy"
COPIES = {
    "opensearch-snapshots": "acme-prod-opensearch-snapshots-copy",
    "qdrant-snapshots": COPY,
}
"""By the name of what is copied."""


def test_a_copy_is_guarded_as_its_source_is_with_a_key_and_a_region_of_its_own(with_copies):
    for name, bucket in COPIES.items():
        for kind in HOLDING:
            source, copy = with_copies.one(kind, name), with_copies.one(kind, f"{name}-replica")
            assert (copy.protect, copy.retain_on_delete) == (True, True), kind
            assert "::aws::" in source.provider
            assert "::aws-replica::" in copy.provider
        assert with_copies.one("Bucket", f"{name}-replica").inputs["bucket"] == bucket
        rules = "BucketLifecycleConfiguration"
        copied = with_copies.one(rules, f"{name}-replica").inputs["rules"]
        assert copied == with_copies.one(rules, name).inputs["rules"]
    providers = {one.name: one for one in with_copies.resources if one.type == "pulumi:providers:aws"}
    assert {name: one.inputs["region"] for name, one in providers.items()} == {
        "aws": "eu-central-1",
        "aws-replica": "eu-west-1",
    }
    assert {json.loads(one.inputs["allowedAccountIds"])[0] for one in providers.values()} == {ACCOUNT}


def test_everything_is_copied_encrypted_in_a_promised_time_and_measured(with_copies):
    found = [one for one in with_copies.of_kind("BucketReplicationConfig") if one.type.startswith("aws:")]
    assert {one.name for one in found} == COPIES.keys()
    for one in found:
        (rule,) = one.inputs["rules"]
        assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
        assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
        destination = rule["destination"]
        assert destination["bucket"] == f"arn:aws:s3:::{COPIES[one.name]}"
        key = f"arn:aws:kms:eu-central-1:111122223333:key/{one.name}-replica"
        assert destination["encryptionConfiguration"] == {"replicaKmsKeyId": key}
        assert destination["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
        assert destination["metrics"] == {"status": "Enabled", "eventThreshold": {"minutes": 15}}
        assert (one.protect, one.retain_on_delete) == (True, True)
        versions = {with_copies.one("BucketVersioning", name).urn for name in (one.name, f"{one.name}-replica")}
        assert versions <= closure(with_copies, one)


def test_what_is_locked_is_locked_in_the_copy_too_for_as_long_as_it_can_be_chosen(with_copies):
    locks = with_copies.of_kind("BucketObjectLockConfiguration")
    assert {one.name for one in locks} == {"qdrant-snapshots", "qdrant-snapshots-replica"}
    for one in locks:
        assert one.inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
        assert (one.protect, one.retain_on_delete) == (True, True)
    # On the bucket itself a lock that comes later would replace it.
    assert not [one for one in with_copies.of_kind("Bucket") if one.inputs.get("objectLockEnabled")]


def role(with_copies, key, name="qdrant-snapshots-replication"):
    kind = "Role" if key == "assumeRolePolicy" else "RolePolicy"
    return json.loads(with_copies.one(kind, name).inputs[key])


S3, FROM = ("Service", "s3.amazonaws.com"), {"aws:SourceArn": f"arn:aws:s3:::{SOURCE}", "aws:SourceAccount": ACCOUNT}
TRUST = [
    (S3, FROM, True),
    (S3, FROM | {"aws:SourceArn": "arn:aws:s3:::another"}, False),
    (S3, FROM | {"aws:SourceAccount": "444455556666"}, False),
    (S3, {}, False),
    (("Service", "ec2.amazonaws.com"), FROM, False),
]


@pytest.mark.parametrize("case", TRUST)
def test_s3_takes_on_the_role_for_one_bucket_alone(case, with_copies):
    principal, context, expected = case
    request = Request("sts:AssumeRole", "", principal, context)
    assert allowed(request, role(with_copies, "assumeRolePolicy")) is expected


KEYS = [f"arn:aws:kms:eu-central-1:111122223333:key/qdrant-snapshots{end}" for end in ("", "-replica")]
HERE, THERE = ({"kms:ViaService": f"s3.{region}.amazonaws.com"} for region in ("eu-central-1", "eu-west-1"))
RIGHTS = [
    ("s3:GetReplicationConfiguration", f"arn:aws:s3:::{SOURCE}", {}, True),
    ("s3:GetObjectVersionForReplication", f"arn:aws:s3:::{SOURCE}/qdrant/a", {}, True),
    ("s3:GetObjectRetention", f"arn:aws:s3:::{SOURCE}/qdrant/a", {}, True),
    ("s3:ReplicateObject", f"arn:aws:s3:::{COPY}/qdrant/a", {}, True),
    ("s3:ReplicateObject", f"arn:aws:s3:::{SOURCE}/qdrant/a", {}, False),
    ("s3:ReplicateObject", "arn:aws:s3:::acme-prod-opensearch-snapshots-copy/a", {}, False),
    ("s3:DeleteObject", f"arn:aws:s3:::{COPY}/qdrant/a", {}, False),
    ("s3:DeleteObjectVersion", f"arn:aws:s3:::{COPY}/qdrant/a", {}, False),
    ("kms:Decrypt", KEYS[0], HERE, True),
    ("kms:Decrypt", KEYS[0], THERE, False),
    ("kms:Decrypt", KEYS[1], THERE, False),
    ("kms:Encrypt", KEYS[1], THERE, True),
    ("kms:Encrypt", KEYS[1], {}, False),
    ("kms:Encrypt", KEYS[0], HERE, False),
]


@pytest.mark.parametrize("case", RIGHTS)
def test_s3_may_copy_and_nothing_else(case, with_copies):
    action, resource, context, expected = case
    assert allowed(Request(action, resource, None, context), role(with_copies, "policy")) is expected


def test_without_a_lock_none_is_read(with_copies):
    rights = role(with_copies, "policy", "opensearch-snapshots-replication")
    assert not allowed(Request("s3:GetObjectRetention", "arn:aws:s3:::acme-prod-opensearch-snapshots/a"), rights)


def test_the_linter_finds_nothing(with_copies):
    assert unwaived("RolePolicy", role(with_copies, "policy")) == set()
    assert unwaived("trust", role(with_copies, "assumeRolePolicy")) == set()
