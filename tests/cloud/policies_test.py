"""The declared policies, judged over tables of requests: who may take on a role, what it may do, what nobody may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from components.cloud.policies import key_policy
from tests.harness.iam import Request, allowed, denied
from tests.harness.made_buckets import ACCOUNT, DRIVER

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET, FOLDER = "arn:aws:s3:::acme-prod-qdrant-snapshots", "qdrant"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/acme-prod-qdrant-snapshots"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/qdrant-snapshots"
ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF0123456789"
TLS = {"aws:SecureTransport": "true", "aws:PrincipalArn": ROLE}


def document(declared, kind, name, key):
    (found,) = [one for one in declared.of_kind(kind) if one.name == name and one.type.startswith("aws:")]
    return json.loads(found.inputs[key])


def of_web(sub: str, aud: str = "sts.amazonaws.com") -> Mapping[str, str]:
    return {f"{ISSUER}:sub": f"system:serviceaccount:{sub}", f"{ISSUER}:aud": aud}


WEB = ("Federated", f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}")
BY_WEB = "sts:AssumeRoleWithWebIdentity"
TRUST_OF_WEB = [
    (BY_WEB, WEB, of_web("qdrant:qdrant-snapshots"), True),
    (BY_WEB, WEB, of_web("qdrant:qdrant-snapshots", "https://kubernetes.default.svc"), False),
    (BY_WEB, WEB, of_web("qdrant:default"), False),
    (BY_WEB, WEB, of_web("qdrant:qdrant-snapshots-2"), False),
    (BY_WEB, WEB, of_web("databases:qdrant-snapshots"), False),
    (BY_WEB, WEB, of_web("eu-qdrant:qdrant-snapshots"), False),
    (BY_WEB, WEB, {}, False),
    (BY_WEB, ("Federated", f"{WEB[1]}0"), of_web("qdrant:qdrant-snapshots"), False),
    ("sts:AssumeRole", ("AWS", f"arn:aws:iam::{ACCOUNT}:root"), {}, False),
]


@pytest.mark.parametrize("case", TRUST_OF_WEB)
def test_with_irsa_one_service_account_of_one_cluster_takes_on_a_role(case, irsa):
    action, principal, context, expected = case
    trust = document(irsa, "Role", "qdrant-snapshots", "assumeRolePolicy")
    assert allowed(Request(action, ROLE, principal, context), trust) is expected


def tags(namespace: str, account: str, cluster: str = "acme-prod") -> Mapping[str, str]:
    return {
        "aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/{cluster}",
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": account,
    }


PODS = ("Service", "pods.eks.amazonaws.com")
# With the prefix eu-, which is before the namespaces and the accounts of jobs.
TRUST_OF_PODS = [
    ("sts:AssumeRole", PODS, tags("eu-qdrant", "eu-qdrant-snapshots"), True),
    ("sts:TagSession", PODS, tags("eu-qdrant", "eu-qdrant-snapshots"), True),
    ("sts:AssumeRole", PODS, tags("eu-qdrant", "eu-qdrant-snapshots", "acme-staging"), False),
    ("sts:AssumeRole", PODS, tags("eu-qdrant", "default"), False),
    ("sts:AssumeRole", PODS, tags("qdrant", "eu-qdrant-snapshots"), False),
    ("sts:AssumeRole", PODS, {}, False),
    ("sts:AssumeRole", ("Service", "ec2.amazonaws.com"), tags("eu-qdrant", "eu-qdrant-snapshots"), False),
    (BY_WEB, WEB, of_web("eu-qdrant:eu-qdrant-snapshots"), False),
]


@pytest.mark.parametrize("case", TRUST_OF_PODS)
def test_with_pod_identity_one_service_account_of_one_cluster_takes_on_a_role(case, pod_identity):
    action, principal, context, expected = case
    trust = document(pod_identity, "Role", "qdrant-snapshots", "assumeRolePolicy")
    assert allowed(Request(action, ROLE, principal, context), trust) is expected


def test_each_trust_names_a_service_account_that_is_declared_and_used(declared):
    users = {(one.namespace, one.pod.get("serviceAccountName")) for one in declared.workloads}
    found = set()
    for role in declared.of_kind("Role"):
        if role.type.startswith("aws:"):
            (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
            equal = statement["Condition"]["StringEquals"]
            subject = [value for key, value in equal.items() if key.endswith(":sub")]
            named = subject[0].split(":")[2:] if subject else list(equal.values())[1:]
            found.add(tuple(named))
    assert len(found) == 6
    assert found <= users


ALSO = {"s3:prefix": f"{FOLDER}/sets/1"}
VIA = {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}
ACCESS = [
    *((f"s3:{action}", f"{BUCKET}/{FOLDER}/sets/1/a", {}, True) for action in ("GetObject", "PutObject")),
    *((f"s3:{action}", f"{BUCKET}/{FOLDER}/sets/1/a", {}, True) for action in ("DeleteObject", "AbortMultipartUpload")),
    *((f"s3:{action}", f"{BUCKET}/other/a", {}, False) for action in ("GetObject", "PutObject", "DeleteObject")),
    ("s3:GetObject", f"{BUCKET}/{FOLDER}-2/a", {}, False),
    ("s3:GetObject", "arn:aws:s3:::acme-prod-opensearch-snapshots/qdrant/a", {}, False),
    ("s3:DeleteObjectVersion", f"{BUCKET}/{FOLDER}/sets/1/a", {}, False),
    ("s3:ListBucket", BUCKET, ALSO, True),
    ("s3:ListBucket", BUCKET, {"s3:prefix": FOLDER}, True),
    ("s3:ListBucket", BUCKET, {"s3:prefix": f"{FOLDER}-2"}, False),
    ("s3:ListBucket", BUCKET, {"s3:prefix": ""}, False),
    ("s3:ListBucket", BUCKET, {}, False),
    ("s3:ListBucketMultipartUploads", BUCKET, {}, True),
    ("s3:ListBucketVersions", BUCKET, ALSO, False),
    ("s3:PutLifecycleConfiguration", BUCKET, {}, False),
    ("s3:PutBucketPolicy", BUCKET, {}, False),
    ("s3:DeleteBucket", BUCKET, {}, False),
    ("kms:GenerateDataKey", KEY, VIA, True),
    ("kms:Decrypt", KEY, VIA, True),
    ("kms:Decrypt", KEY, {}, False),
    ("kms:Decrypt", KEY, {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}, False),
    ("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/opensearch-snapshots", VIA, False),
    ("kms:ScheduleKeyDeletion", KEY, VIA, False),
]


@pytest.mark.parametrize("case", ACCESS)
def test_a_role_reaches_its_folder_and_its_key_and_nothing_else(case, declared):
    action, resource, context, expected = case
    access = document(declared, "RolePolicy", "qdrant-snapshots", "policy")
    assert allowed(Request(action, resource, None, context), access) is expected


def test_only_jobs_look_for_uploads_that_nobody_completed(declared):
    request = Request("s3:ListBucketMultipartUploads", "arn:aws:s3:::acme-prod-opensearch-snapshots")
    assert not allowed(request, document(declared, "RolePolicy", "opensearch-snapshots", "policy"))


@pytest.mark.parametrize("name", ["loki", "tempo"])
def test_stores_of_telemetry_may_do_what_their_pages_ask_for_and_no_more(name, declared):
    # Grafana's pages on S3 name these four; Tempo's names tags too, for those who configure some.
    policy = document(declared, "RolePolicy", name, "policy")
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    s3 = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"}
    assert {action for action in actions if action.startswith("s3:")} == s3
    assert {action for action in actions if not action.startswith("s3:")} == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_no_role_has_a_wildcard_but_the_objects_below_its_folder(declared):
    for one in declared.of_kind("RolePolicy"):
        for statement in json.loads(one.inputs["policy"])["Statement"]:
            assert not [action for action in statement["Action"] if "*" in action]
            stars = [resource for resource in statement["Resource"] if "*" in resource]
            assert all(resource.count("*") == 1 and resource.endswith("/*") for resource in stars)
            assert all(resource.count("/") >= 2 for resource in stars)


OWN, SSE = "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption"
OBJECT = f"{BUCKET}/{FOLDER}/sets/1/a"
SOMEBODY = {**TLS, "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/administrator"}
FENCE = [
    ("s3:GetObject", OBJECT, TLS, set()),
    ("s3:PutObject", OBJECT, TLS, set()),
    ("s3:DeleteObject", OBJECT, TLS, set()),
    ("s3:GetObject", OBJECT, {**TLS, "aws:SecureTransport": "false"}, {"PlainHttp"}),
    ("s3:ListBucket", BUCKET, {**TLS, "aws:SecureTransport": "false"}, {"PlainHttp"}),
    ("s3:DeleteObject", OBJECT, SOMEBODY, {"DeletionByOthers"}),
    ("s3:DeleteObject", OBJECT, {**TLS, "aws:PrincipalArn": f"{ROLE}-2"}, {"DeletionByOthers"}),
    ("s3:DeleteObject", OBJECT, {"aws:SecureTransport": "true"}, {"DeletionByOthers"}),
    ("s3:GetObject", OBJECT, SOMEBODY, set()),
    ("s3:DeleteObjectVersion", OBJECT, TLS, {"VersionsStay"}),
    ("s3:DeleteObjectVersion", OBJECT, SOMEBODY, {"VersionsStay"}),
    ("s3:DeleteBucket", BUCKET, SOMEBODY, {"BucketStays"}),
    ("s3:PutObject", OBJECT, {**TLS, SSE: "AES256"}, {"OtherEncryption"}),
    ("s3:PutObject", OBJECT, {**TLS, SSE: "aws:kms"}, set()),
    ("s3:PutObject", OBJECT, {**TLS, SSE: "aws:kms", OWN: KEY}, set()),
    ("s3:PutObject", OBJECT, {**TLS, SSE: "aws:kms", OWN: f"{KEY}-2"}, {"ForeignKey"}),
]


@pytest.mark.parametrize("case", FENCE)
def test_a_bucket_refuses_plain_http_foreign_keys_and_deletion_by_others(case, declared):
    action, resource, context, expected = case
    fence = document(declared, "BucketPolicy", "qdrant-snapshots", "policy")
    assert denied(Request(action, resource, None, context), fence) == expected


def test_a_key_obeys_its_account_and_is_not_given_up_by_anybody(declared):
    policy = document(declared, "Key", "qdrant-snapshots", "policy")
    root = ("AWS", f"arn:aws:iam::{ACCOUNT}:root")
    assert allowed(Request("kms:Encrypt", KEY, root), policy)
    assert not allowed(Request("kms:Encrypt", KEY, ("AWS", "arn:aws:iam::444455556666:root")), policy)
    assert not allowed(Request("kms:ScheduleKeyDeletion", KEY, root), policy)
    assert not allowed(Request("kms:DisableKey", KEY, root), policy)
    assert key_policy(partition="aws-cn", account="1")["Statement"][0]["Principal"] == {"AWS": "arn:aws-cn:iam::1:root"}


EC2 = {"kms:ViaService": "ec2.eu-central-1.amazonaws.com"}
VOLUMES = [
    ("kms:Decrypt", DRIVER, EC2, True),
    ("kms:DescribeKey", DRIVER, EC2, True),
    ("kms:GenerateDataKeyWithoutPlaintext", DRIVER, EC2, True),
    ("kms:Decrypt", DRIVER, {}, False),
    ("kms:Decrypt", DRIVER, VIA, False),
    ("kms:GenerateDataKey", DRIVER, EC2, False),
    ("kms:CreateGrant", DRIVER, {**EC2, "kms:GrantIsForAWSResource": "true"}, True),
    ("kms:CreateGrant", DRIVER, {**EC2, "kms:GrantIsForAWSResource": "false"}, False),
    ("kms:CreateGrant", DRIVER, EC2, False),
    ("kms:ScheduleKeyDeletion", DRIVER, EC2, False),
    ("kms:Decrypt", ROLE, EC2, False),
]


@pytest.mark.parametrize("case", VOLUMES)
def test_the_driver_of_volumes_uses_their_key_through_ec2_alone(case, declared):
    action, principal, context, expected = case
    policy = document(declared, "Key", "volumes", "policy")
    assert allowed(Request(action, KEY, ("AWS", principal), context), policy) is expected


def test_the_judge_refuses_what_it_does_not_know():
    statement = {"Sid": "a", "Effect": "Allow", "Action": ["a:b"], "Resource": ["*"]}
    with pytest.raises(AssertionError, match="IpAddress"):
        allowed(Request("a:b", "c"), {"Statement": [{**statement, "Condition": {"IpAddress": {"aws:SourceIp": "a"}}}]})
    with pytest.raises(AssertionError, match="NotAction"):
        allowed(Request("a:b", "c"), {"Statement": [{**statement, "NotAction": ["a:c"]}]})
