"""Who may do what around a domain: each policy over a table of requests, and by the linter."""

from __future__ import annotations

import json

import pytest

from tests.cloud.search_domain_test import ARN, BUCKET, KEY
from tests.harness.iam import Request, allowed
from tests.harness.linted import unwaived
from tests.harness.made_buckets import ACCOUNT
from tests.harness.managed_search import DOMAIN


def policy(recording, kind, name, field):
    (one,) = [one for one in recording.of_kind(kind) if one.name == name and one.type.startswith("aws:")]
    return json.loads(one.inputs[field])


SNAPSHOTS = f"arn:aws:iam::{ACCOUNT}:role/{BUCKET}"
SOURCE = {"aws:SourceArn": ARN, "aws:SourceAccount": ACCOUNT}
HANDED = {"iam:PassedToService": "es.amazonaws.com"}
SERVICE = ("Service", "es.amazonaws.com")
GROUP = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/ballast/{DOMAIN}/audit-logs"
OTHER = {**SOURCE, "aws:SourceArn": f"{ARN}-2"}
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
CLOUDWATCH = ("Service", "logs.eu-central-1.amazonaws.com")
REQUESTS = {
    "the domain takes on its role": (
        ("Role", "opensearch-snapshots", "assumeRolePolicy"),
        [Request("sts:AssumeRole", "", SERVICE, SOURCE)],
        [
            Request("sts:AssumeRole", "", SERVICE, OTHER),
            Request("sts:AssumeRole", "", SERVICE, {**SOURCE, "aws:SourceAccount": "444455556666"}),
            Request("sts:AssumeRole", "", ("Service", "ec2.amazonaws.com"), SOURCE),
        ],
    ),
    "the job registers its repository and hands over its role": (
        ("RolePolicy", "opensearch-jobs-configure", "policy"),
        [
            Request("es:ESHttpPut", f"{ARN}/_snapshot/snapshots"),
            Request("iam:PassRole", SNAPSHOTS, None, HANDED),
        ],
        [
            Request("es:ESHttpPut", f"{ARN}/_snapshot/others"),
            Request("es:ESHttpDelete", f"{ARN}/_snapshot/snapshots"),
            Request("iam:PassRole", f"{SNAPSHOTS}-2", None, HANDED),
            Request("iam:PassRole", SNAPSHOTS, None, {"iam:PassedToService": "ec2.amazonaws.com"}),
        ],
    ),
    "the domain writes its logs": (
        ("LogResourcePolicy", "opensearch", "policyDocument"),
        [Request("logs:PutLogEvents", f"{GROUP}:log-stream:a", SERVICE, SOURCE)],
        [
            Request("logs:PutLogEvents", f"{GROUP}:log-stream:a", SERVICE, OTHER),
            Request("logs:DeleteLogGroup", GROUP, SERVICE, SOURCE),
            Request("logs:PutLogEvents", f"{GROUP.replace(DOMAIN, 'other')}:log-stream:a", SERVICE, SOURCE),
        ],
    ),
    "CloudWatch encrypts its logs": (
        ("Key", "opensearch", "policy"),
        [Request("kms:Encrypt", KEY, CLOUDWATCH, {CONTEXT: GROUP})],
        [
            Request("kms:Encrypt", KEY, CLOUDWATCH, {CONTEXT: GROUP.replace(DOMAIN, "other")}),
            Request("kms:Encrypt", KEY, CLOUDWATCH),
            Request("kms:ScheduleKeyDeletion", KEY, CLOUDWATCH, {CONTEXT: GROUP}),
        ],
    ),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_each_may_do_what_it_is_for_and_nothing_else(case, with_domain):
    where, granted, refused = REQUESTS[case]
    document = policy(with_domain, *where)
    assert [request for request in granted if not allowed(request, document)] == []
    assert [request for request in refused if allowed(request, document)] == []


def test_the_linter_finds_nothing(with_domain):
    fields = ("accessPolicies", "assumeRolePolicy", "policy", "policyDocument")
    found = {
        (one.kind, one.name): unwaived(
            "trust" if field == "assumeRolePolicy" else one.kind, json.loads(one.inputs[field])
        )
        for one in with_domain.resources
        for field in fields
        if one.type.startswith("aws:") and field in one.inputs and one.name.startswith("opensearch")
    }
    assert {where: issues for where, issues in found.items() if issues} == {}
    assert len(found) == len(
        ("bucket", "its key", "its role", "its rights", "domain", "key", "logs", "job", "its rights")
    )
