"""Every way in which a change weakens what guards data in AWS, by kind and field; the other way round is plain."""

from __future__ import annotations

import pytest

from ops.report.digest import read_digest
from ops.report.findings import Rank
from ops.report.judging import judge
from ops.report.preview import Preview
from tests.harness.previews import preview, state, step
from tests.report.aws_cases import (
    ALIAS,
    ATTACHMENT,
    BUCKET,
    BUCKET_POLICY,
    DOMAIN,
    DOMAIN_POLICY,
    ENCRYPTION,
    KEY,
    KEY_POLICY,
    LIFECYCLE,
    LOCK,
    NAMED,
    OWNERSHIP,
    POD_IDENTITY,
    POLICY,
    PUBLIC,
    READ,
    REPLICA_KEY,
    REPLICATION,
    ROLE,
    ROLE_POLICY,
    TRUST,
    UNKNOWN,
    VERSIONING,
    WEAKENINGS,
    policy,
)

BOTH_WAYS = ("bucket", "KeyId", "roleArn", "policyArn", "automatedSnapshotStartHour", "referencedSecurityGroupId")
"""What is told of whichever way it changes, because neither is the safer one."""


def judged(*steps):
    digest = read_digest(preview(*steps), "it.json")
    return judge(Preview(stack="prod", source="it.json", steps=tuple(digest.steps)), {})


def change(token, before, after):
    return step("update", token, "it", old=state(token, "it", inputs=before), new=state(token, "it", inputs=after))


@pytest.mark.parametrize(("token", "before", "after", "named"), WEAKENINGS)
def test_a_weakening_is_named_and_taken_back_it_is_plain(token, before, after, named):
    (found,) = judged(change(token, before, after)).findings
    assert found.rank is Rank.WEAKENED
    assert named in " ".join(found.notes)
    (back,) = judged(change(token, after, before)).findings
    assert back.rank is (Rank.WEAKENED if named.endswith(BOTH_WAYS) and before and after else Rank.UPDATE), back.notes
    assert {found.rank for found in judged(change(token, before, before)).findings} == {Rank.UPDATE}


GUARDS = [BUCKET, BUCKET_POLICY, VERSIONING, LOCK, PUBLIC, OWNERSHIP, ENCRYPTION, REPLICATION]
GUARDS += [KEY, REPLICA_KEY, KEY_POLICY, DOMAIN, DOMAIN_POLICY, POD_IDENTITY]


@pytest.mark.parametrize("op", ["delete", "replace"])
@pytest.mark.parametrize("token", GUARDS)
def test_data_or_its_guard_that_goes_or_is_replaced_is_a_loss(token, op):
    (found,) = judged(step(op, token, "it")).findings
    assert found.rank is Rank.LOSS
    assert found.refused
    assert "unknown" not in found.kind.lost


@pytest.mark.parametrize("token", [ALIAS, ROLE, ROLE_POLICY, POLICY, ATTACHMENT, LIFECYCLE])
def test_what_holds_nothing_goes_without_a_waiver(token):
    assert [found.rank for found in judged(step("delete", token, "it")).findings] == [Rank.DELETE]


@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        (BUCKET, {"forceDestroy": True}, "`forceDestroy` is set"),
        (POLICY, {"policy": policy(READ | {"Action": "*"})}, "every action"),
        (ROLE_POLICY, {"policy": policy(READ | {"Action": ["s3:*"]})}, "every action"),
        (POLICY, {"policy": policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})}, "all but"),
        (ROLE, {"assumeRolePolicy": policy(TRUST | {"Principal": {"AWS": "*"}})}, "everybody"),
        (BUCKET_POLICY, {"policy": policy(READ | {"Principal": "*"})}, "everybody"),
    ],
)
def test_what_is_weak_when_it_is_made_is_named(token, inputs, named):
    (found,) = judged(step("create", token, "it", new=state(token, "it", inputs=inputs))).findings
    assert found.rank is Rank.WEAKENED
    assert named in " ".join(found.notes)


def test_what_is_made_narrow_is_plain():
    new = state(ROLE_POLICY, "it", inputs={"policy": policy(READ)})
    assert [found.rank for found in judged(step("create", ROLE_POLICY, "it", new=new)).findings] == [Rank.CREATE]


ANYBODY = policy(READ | {"Action": "es:ESHttp*", "Principal": {"AWS": "*"}})
INSIDE = {"vpcOptions": {"subnetIds": ["a"]}, "advancedSecurityOptions": {"internalUserDatabaseEnabled": True}}
ANONYMOUS = {"advancedSecurityOptions": {"internalUserDatabaseEnabled": True, "anonymousAuthEnabled": True}}


@pytest.mark.parametrize(
    ("inputs", "rank"),
    [
        (INSIDE, Rank.CREATE),
        ({**INSIDE, "vpcOptions": {}}, Rank.WEAKENED),
        ({**INSIDE, "advancedSecurityOptions": {}}, Rank.WEAKENED),
        ({**INSIDE, **ANONYMOUS}, Rank.WEAKENED),
    ],
)
def test_a_domain_may_let_all_in_who_reach_its_network_and_log_in(inputs, rank):
    new = state(DOMAIN, "it", inputs={"accessPolicies": ANYBODY, **inputs})
    assert [found.rank for found in judged(step("create", DOMAIN, "it", new=new)).findings] == [rank]


def test_a_key_whose_policy_goes_has_that_of_aws():
    (found,) = judged(change(KEY, {"policy": policy(TRUST)}, {})).findings
    assert found.notes == ("`policy` is gone: AWS's default applies",)


def test_a_policy_that_is_known_only_later_is_not_called_safe():
    (found,) = judged(change(ROLE_POLICY, {"policy": policy(READ)}, {"policy": UNKNOWN})).findings
    assert found.notes == ("`policy` can't be judged before it is applied",)


@pytest.mark.parametrize(
    "narrower",
    [
        READ | {"Resource": "arn:aws:s3:::a/b/c/*"},
        READ | {"Condition": NAMED},
        READ | {"Action": ["S3:getobject"]},
        READ | {"Sid": "Renamed", "Resource": ["arn:aws:s3:::a/b/*"]},
    ],
)
def test_what_allows_the_same_or_less_is_plain(narrower):
    (found,) = judged(change(ROLE_POLICY, {"policy": policy(READ)}, {"policy": policy(narrower)})).findings
    assert found.rank is Rank.UPDATE


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals"])
def test_a_longer_list_of_a_condition_lets_more_in_or_is_not_plain(operator):
    few, many = ({operator: {"aws:PrincipalArn": values}} for values in (["a"], ["a", "b"]))
    before, after = ({"policy": policy(READ | {"Condition": said})} for said in (few, many))
    (found,) = judged(change(ROLE_POLICY, before, after)).findings
    assert "allows more" in found.notes[0]
