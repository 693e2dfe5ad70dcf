"""A second opinion on every policy: parliament, whose definitions of AWS are in its wheel, so it asks no network."""

from __future__ import annotations

import json
import warnings

import pytest

from tests.harness.account import policies

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own imports and its own texts
    from parliament import analyze_policy_string

WAIVED = {
    # In the policy of a key * is that key; AWS knows nothing narrower there.
    "Key": {"RESOURCE_STAR"},
    # It judges policies that are given to somebody; a trust policy has no resource, and it knows no OIDC provider.
    "trust": {"MALFORMED", "UNKNOWN_FEDERATION_SOURCE"},
}
"""Findings that are none, by the kind of policy."""


def issues(document):
    return {finding.issue for finding in analyze_policy_string(json.dumps(document)).findings}


@pytest.mark.parametrize("where", policies(), ids="/".join)
def test_the_linter_finds_nothing(where):
    assert issues(policies()[where]) - WAIVED.get(where[0], set()) == set()


@pytest.mark.parametrize("kind", WAIVED)
def test_each_waiver_is_needed(kind):
    found = [issues(document) for where, document in policies().items() if where[0] == kind]
    assert set.union(*found) == WAIVED[kind]


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
