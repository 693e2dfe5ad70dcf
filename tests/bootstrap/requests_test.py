"""Who may take on which role, and what may be done then: each policy over a table of requests."""

from __future__ import annotations

import pytest

from tests.harness.account import policies
from tests.harness.iam import Request, allowed

TOKENS = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{TOKENS}"
BUCKET = "arn:aws:s3:::acme-states-prod"
STATE = f"{BUCKET}/.pulumi/stacks/ballast/prod.json"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/prod-key"
CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/acme-prod"
ADMINISTRATOR = "arn:aws:iam::111122223333:role/administrator"
ENVIRONMENTS = {"preview": "prod-preview", "plan": "prod-plan", "apply": "prod"}
SUBJECTS = [
    *(f"repo:acme/ballast:environment:{name}" for name in ENVIRONMENTS.values()),
    "repo:acme/ballast:environment:staging",
    "repo:acme/ballast:environment:PROD",
    "repo:acme/ballast:ref:refs/heads/main",
    "repo:acme/ballast:pull_request",
    "repo:fork/ballast:environment:prod",
    "repo:fork/ballast:pull_request",
    "repo:acme/other:environment:prod",
    "repo:acme/ballast-2:environment:prod",
]


def taking_on(subject, audience="sts.amazonaws.com", provider=PROVIDER):
    context = {f"{TOKENS}:{name}": value for name, value in (("aud", audience), ("sub", subject)) if value}
    return Request("sts:AssumeRoleWithWebIdentity", "", ("Federated", provider), context)


@pytest.mark.parametrize(("role", "environment"), ENVIRONMENTS.items())
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_role_is_taken_on_by_jobs_of_its_own_environment_alone(role, environment, subject):
    own = subject == f"repo:acme/ballast:environment:{environment}"
    assert allowed(taking_on(subject), policies()["trust", f"prod-{role}"]) is own


@pytest.mark.parametrize(("role", "environment"), ENVIRONMENTS.items())
@pytest.mark.parametrize(
    "changed",
    [
        {"audience": "https://github.com/acme"},
        {"audience": None},
        {"provider": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
        {"provider": "arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com"},
    ],
)
def test_a_token_for_another_party_or_of_another_one_is_refused(role, environment, changed):
    request = taking_on(f"repo:acme/ballast:environment:{environment}", **changed)
    assert not allowed(request, policies()["trust", f"prod-{role}"])


READS = [("s3:ListBucket", BUCKET), ("s3:GetObject", STATE), ("kms:Decrypt", KEY), ("eks:DescribeCluster", CLUSTER)]
WRITES = [("s3:PutObject", STATE), ("s3:DeleteObject", STATE), ("kms:Encrypt", KEY), ("kms:GenerateDataKey", KEY)]
TAGS = STATE.replace(".json", ".pulumi-tags")
NOTES = [("s3:PutObject", TAGS), ("s3:DeleteObject", TAGS), ("kms:GenerateDataKey", KEY)]
NOBODY = [
    ("s3:DeleteObjectVersion", STATE),
    ("s3:DeleteBucket", BUCKET),
    ("s3:PutBucketVersioning", BUCKET),
    ("s3:PutLifecycleConfiguration", BUCKET),
    ("s3:GetObject", "arn:aws:s3:::acme-states-staging/a"),
    ("kms:Decrypt", f"{KEY}-2"),
    ("kms:ScheduleKeyDeletion", KEY),
    ("eks:DescribeCluster", f"{CLUSTER}-2"),
    ("iam:CreateRole", "*"),
]


@pytest.mark.parametrize("role", ENVIRONMENTS)
def test_a_role_may_do_what_the_page_says_and_nothing_else(role):
    rights = policies()["RolePolicy", f"prod-{role}"]
    may = {"preview": READS, "plan": READS + NOTES, "apply": READS + NOTES + WRITES}[role]
    for action, resource in (*READS, *NOTES, *WRITES, *NOBODY):
        expected = (action, resource) in may
        assert allowed(Request(action=action, resource=resource), rights) is expected, action


EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}


@pytest.mark.parametrize("secure", ["true", "false"])
@pytest.mark.parametrize("who", [ADMINISTRATOR, "arn:aws:iam::111122223333:role/ballast-prod-apply", None])
@pytest.mark.parametrize(("action", "resource"), [*READS[:2], *WRITES[:2], *NOBODY[:4]])
def test_versions_of_states_stay_whatever_else_is_allowed(action, resource, who, secure):
    context = {"aws:SecureTransport": secure} | ({"aws:PrincipalArn": who} if who else {})
    request = Request(action=action, resource=resource, context=context)
    ends = (action, resource) in NOBODY
    expected = secure == "true" and (not ends or who == ADMINISTRATOR)
    assert allowed(request, EVERYTHING, policies()["BucketPolicy", "prod-states"]) is expected


@pytest.mark.parametrize("who", [ADMINISTRATOR, "arn:aws:iam::111122223333:role/ballast-prod-apply"])
def test_a_key_is_ended_by_administrators_alone(who):
    for action in ("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:Decrypt"):
        request = Request(action=action, resource=KEY, context={"aws:PrincipalArn": who})
        expected = action == "kms:Decrypt" or who == ADMINISTRATOR
        assert allowed(request, EVERYTHING, policies()["Key", "prod-key"]) is expected
