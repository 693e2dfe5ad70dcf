"""Everything that is declared in AWS is carried out against a moto server, and read back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.cloud.declared_test import BUCKETS, TELEMETRY
from tests.cloud.replica_test import COPY, SOURCE
from tests.harness.aws_server import Account
from tests.harness.s3_server import serving


@pytest.fixture
def account():
    with serving() as endpoint:
        empty = Account(endpoint)
        yield empty
        empty.reset()


def test_aws_takes_everything_and_says_the_same_of_it(irsa, account):
    account.carry_out(irsa.resources)
    s3, kms, iam = (account.client(service) for service in ("s3", "kms", "iam"))
    assert {one["Name"] for one in s3.list_buckets()["Buckets"]} == set(BUCKETS.values())
    for name, bucket in BUCKETS.items():
        key = account.arns[f"arn:aws:kms:eu-central-1:111122223333:key/{name}"]
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        (encryption,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        assert encryption["BucketKeyEnabled"] is True
        assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
        rules = {one["ID"]: one for one in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
        assert rules["earlier-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == (
            14 if name in TELEMETRY else 30
        )
        assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        fence = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        assert key in str(fence)
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
        access = iam.get_role_policy(RoleName=bucket, PolicyName="bucket")["PolicyDocument"]
        assert key in str(access)
        assert iam.get_role(RoleName=bucket)["Role"]["Arn"] in str(fence)


def test_aws_takes_the_roles_of_pod_identity_too(pod_identity, account):
    named = ("Key", "Role", "RolePolicy", "PodIdentityAssociation")
    account.carry_out(one for one in pod_identity.resources if one.kind in named and one.name == "qdrant-snapshots")
    made = [operation for _, operation, _ in account.calls]
    assert made == ["CreateKey", "EnableKeyRotation", "CreateRole", "PutRolePolicy", "CreatePodIdentityAssociation"]


BROKEN = {
    "a policy without a version of the language": (
        "RolePolicy",
        "policy",
        lambda text: text.replace("2012-10-17", "1"),
    ),
    "an action of no service": ("RolePolicy", "policy", lambda text: text.replace("s3:GetObject", "GetObject")),
    "a resource that is no ARN": ("RolePolicy", "policy", lambda text: text.replace("arn:aws:s3:::", "s3://")),
    "a bucket name that S3 refuses": ("Bucket", "bucket", str.upper),
    "a boundary that is no ARN": ("Role", "permissionsBoundary", lambda _: "platform-boundary-without-an-arn"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_malformed_is_refused(case, irsa, account):
    kind, key, change = BROKEN[case]
    resources = [one for one in irsa.resources if one.name == "qdrant-snapshots" and one.type.startswith("aws:")]
    spoiled = [
        replace(one, inputs={**one.inputs, key: change(one.inputs[key])}) if one.kind == kind else one
        for one in resources
    ]
    assert spoiled != resources
    with pytest.raises((ClientError, ParamValidationError)):
        account.carry_out(spoiled)


def test_aws_takes_copies_and_locks(with_copies, account):
    account.carry_out(one for one in with_copies.resources if one.name.startswith("qdrant-snapshots"))
    s3 = account.client("s3")
    (rule,) = s3.get_bucket_replication(Bucket=SOURCE)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["ReplicationTime"] == {"Status": "Enabled", "Time": {"Minutes": 15}}
    for bucket in (SOURCE, COPY):
        lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"].items() >= {"Mode": "GOVERNANCE", "Days": 30}.items()


def test_a_kind_that_the_emulator_does_not_know_is_refused(irsa, account):
    (bucket,) = [one for one in irsa.of_kind("Bucket") if one.name == "loki"]
    with pytest.raises(ValueError, match="BucketNotification"):
        account.carry_out([replace(bucket, type="aws:s3/bucketNotification:BucketNotification")])
