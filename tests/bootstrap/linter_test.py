"""A second opinion on every policy of the bootstrap, and on the waivers: each is needed, and a mistake is found."""

from __future__ import annotations

import pytest

from tests.harness.account import policies
from tests.harness.linted import WAIVED, issues, unwaived


def kind(where):
    if where[0] != "RolePolicy":
        return where[0]
    return "updates" if where[1] == "prod-apply" else "looking"


@pytest.mark.parametrize("where", sorted(policies()), ids="/".join)
def test_the_linter_finds_nothing(where):
    assert unwaived(kind(where), policies()[where]) == set()


@pytest.mark.parametrize("waived", WAIVED)
def test_each_waiver_is_needed(waived):
    found = [issues(document) for where, document in policies().items() if kind(where) == waived]
    assert set.union(*found) == WAIVED[waived]


@pytest.mark.parametrize(
    ("changed", "issue"),
    [
        ({"Action": "s3:GetObjcet"}, "UNKNOWN_ACTION"),
        ({"Resource": "arn:aws:s3:::no-object"}, "RESOURCE_MISMATCH"),
        ({"Condition": {"Bool": {"aws:SecureTransprot": "false"}}}, "UNKNOWN_CONDITION_FOR_ACTION"),
    ],
)
def test_it_would_find_a_mistake(changed, issue):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"} | changed
    assert issue in issues({"Version": "2012-10-17", "Statement": [statement]})
