"""What a whole `up` asks of AWS is allowed to the role of updates, and what costs data or rights is not."""

from __future__ import annotations

import json

import pytest

from tests.cloud.conftest import POD_IDENTITY, PROD, copied, declare_stack, made, settings_of
from tests.harness.account import policies
from tests.harness.aws_server import Account
from tests.harness.iam import Request, allowed
from tests.harness.managed_search import in_a_network, managed
from tests.harness.s3_server import serving

ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::acme-prod-{}"
KEYS = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"
DOMAINS, LOGS = (f"arn:aws:{kind}:eu-central-1:{ACCOUNT}" for kind in ("es", "logs"))
DOMAINS, LOGS = f"{DOMAINS}:domain", f"{LOGS}:log-group:"
GROUPS = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:security-group/sg-1"
SPELLED = {
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
"""Actions of IAM that are called otherwise than the operation of S3 that asks for them (service authorization)."""


def rights(role="apply"):
    return policies()["RolePolicy", f"prod-{role}"]


def asked(call, owner):  # noqa: PLR0911 - a line for each service
    """What IAM judges when an operation is called; a key is known by its tag."""
    service, operation, params = call
    action = f"{service}:{SPELLED.get(operation, operation)}"
    match service:
        case "s3":
            return Request(action, f"arn:aws:s3:::{params['Bucket']}")
        case "kms":
            made_now = operation == "CreateKey"
            tag = "aws:RequestTag" if made_now else "aws:ResourceTag"
            return Request(action, "*" if made_now else KEYS, None, {f"{tag}/ballast/owner": owner})
        case "iam":
            # The boundary of the role itself is what IAM compares with, too, when a policy is put into it.
            boundary = {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/platform"}
            return Request(action, f"arn:aws:iam::{ACCOUNT}:role/{params['RoleName']}", None, boundary)
        case "eks":
            return Request(action, f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/{params['clusterName']}")
        case "opensearch":
            return Request(f"es:{operation}", f"{DOMAINS}/{params['DomainName']}")
        case "logs":
            named = operation != "PutResourcePolicy" and not operation.startswith("Describe")
            return Request(action, f"{LOGS}{params['logGroupName']}" if named else "*")
        case "ec2":
            group = operation != "DescribeSecurityGroups"
            tag = "aws:RequestTag" if operation.startswith("Create") else "aws:ResourceTag"
            return Request(action, GROUPS if group else "*", None, {f"{tag}/ballast/owner": owner} if group else {})
    raise AssertionError(f"nothing is known of {service}")


def test_whatever_an_update_asks_of_aws_is_allowed_to_its_role_and_nothing_of_it_to_the_others(tmp_path):
    stack = declare_stack(settings_of(managed(copied(made(PROD, POD_IDENTITY))), tmp_path), "prod")
    with serving() as endpoint:
        account = Account(endpoint)
        in_a_network(account)
        account.calls.clear()
        account.carry_out(stack.resources)
        calls = list(account.calls)
        account.reset()
    assert {service for service, _, _ in calls} == {"s3", "kms", "iam", "eks", "opensearch", "logs", "ec2"}
    (provider,) = [one for one in stack.resources if one.type == "pulumi:providers:aws" and one.name == "aws"]
    owner = json.loads(provider.inputs["defaultTags"])["tags"]["ballast/owner"]
    boundary = {one.inputs["permissionsBoundary"] for one in stack.of_kind("Role") if one.type.startswith("aws:")}
    assert {one.rpartition(":")[2] for one in boundary} == {"policy/platform"}
    requests = [asked(call, owner) for call in calls]
    assert [request for request in requests if not allowed(request, rights())] == []
    for role in ("preview", "plan"):
        written = [request for request in requests if ":Describe" not in request.action]
        assert [request for request in written if allowed(request, rights(role))] == []


OWN = {"aws:ResourceTag/ballast/owner": "ballast/prod"}
REFUSED = [
    ("s3:CreateBucket", "arn:aws:s3:::acme-staging-logs", {}),
    ("s3:PutBucketPolicy", "arn:aws:s3:::acme-states-prod", {}),
    ("s3:DeleteBucket", BUCKET.format("logs"), {}),
    ("s3:DeleteBucketPolicy", BUCKET.format("logs"), {}),
    ("s3:GetObject", BUCKET.format("logs/a"), {}),
    ("s3:DeleteObject", BUCKET.format("logs/a"), {}),
    ("s3:BypassGovernanceRetention", BUCKET.format("logs/a"), {}),
    ("kms:CreateKey", "*", {}),
    ("kms:CreateKey", "*", {"aws:RequestTag/ballast/owner": "ballast/staging"}),
    ("kms:PutKeyPolicy", KEYS, {"aws:ResourceTag/ballast/owner": "ballast/staging"}),
    ("kms:PutKeyPolicy", KEYS, {}),
    ("kms:ScheduleKeyDeletion", KEYS, OWN),
    ("kms:Decrypt", KEYS, OWN),
    ("es:DeleteDomain", f"{DOMAINS}/acme-prod-search", {}),
    ("es:CreateDomain", f"{DOMAINS}/acme-staging-search", {}),
    ("logs:DeleteLogGroup", f"{LOGS}/ballast/acme-prod-search/audit-logs", {}),
    ("logs:PutRetentionPolicy", f"{LOGS}/ballast/acme-staging-search/audit-logs", {}),
    ("ec2:AuthorizeSecurityGroupIngress", GROUPS, {"aws:ResourceTag/ballast/owner": "ballast/staging"}),
    ("ec2:DeleteSecurityGroup", GROUPS, OWN),
    ("kms:CreateGrant", KEYS, OWN),
    ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/acme-prod-logs", {}),
    ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/acme-prod-logs", {}),
    ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/ballast-prod-apply", {"iam:PermissionsBoundary": "a"}),
    ("iam:DeleteRolePermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:role/acme-prod-logs", {}),
    ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/acme-prod-logs", {"iam:PassedToService": "ec2.amazonaws.com"}),
    ("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/platform", {}),
    ("eks:CreatePodIdentityAssociation", f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/acme-staging", {}),
]


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_that_costs_data_or_gives_rights_is_allowed(case):
    action, resource, context = case
    assert not allowed(Request(action, resource, None, context), rights())


@pytest.mark.parametrize("service", ["pods.eks.amazonaws.com", "s3.amazonaws.com"])
def test_roles_are_handed_to_pods_and_to_s3_alone(service):
    role = f"arn:aws:iam::{ACCOUNT}:role/acme-prod-logs"
    assert allowed(Request("iam:PassRole", role, None, {"iam:PassedToService": service}), rights())


@pytest.mark.parametrize("role", ["preview", "plan", "apply"])
def test_a_refresh_reads_settings_of_buckets_roles_and_keys(role):
    for action in ("s3:GetBucketVersioning", "s3:GetLifecycleConfiguration", "s3:ListBucket"):
        assert allowed(Request(action, BUCKET.format("logs")), rights(role))
    assert allowed(Request("kms:GetKeyPolicy", KEYS, None, OWN), rights(role))
    assert not allowed(Request("kms:GetKeyPolicy", KEYS), rights(role))
