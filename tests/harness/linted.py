"""A second opinion on policies: parliament, whose definitions of AWS are in its wheel, so it asks no network."""

from __future__ import annotations

import json
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own imports and its own texts
    from parliament import analyze_policy_string

WAIVED = {
    # In the policy of a key * is that key; AWS knows nothing narrower there.
    "Key": {"RESOURCE_STAR"},
    # It judges policies that are given to somebody; a trust policy has no resource, and it knows no OIDC provider.
    "trust": {"MALFORMED", "UNKNOWN_FEDERATION_SOURCE"},
    # Whoever brings up a bucket writes its policy; that of the state bucket has a name that the role does not reach.
    # And tags of domains are read and given as those of applications are, of which there are none; a security group's
    # network has no tag of ours, so it stands in a statement of its own.
    "updates": {"RESOURCE_POLICY_PRIVILEGE_ESCALATION", "RESOURCE_MISMATCH"},
    "looking": {"RESOURCE_MISMATCH"},
}
"""Findings that are none, by the kind of policy."""


def issues(document: dict[str, Any]) -> set[str]:
    return {finding.issue for finding in analyze_policy_string(json.dumps(document)).findings}


def unwaived(kind: str, document: dict[str, Any]) -> set[str]:
    return issues(document) - WAIVED.get(kind, set())
