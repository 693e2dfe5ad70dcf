"""A second opinion on every policy that is declared for prod; what it would find is shown beside the bootstrap's."""

from __future__ import annotations

import json

from tests.harness.account import POLICIES
from tests.harness.linted import unwaived


def test_the_linter_finds_nothing(declared):
    found = {}
    for one in declared.resources:
        for field in POLICIES:
            if one.type.startswith("aws:") and field in one.inputs:
                kind = "trust" if field == "assumeRolePolicy" else one.kind
                found[kind, one.name] = unwaived(kind, json.loads(one.inputs[field]))
    # A bucket, its key, and the role with its trust and its rights; and the key of volumes.
    assert len(found) == 6 * 4 + 1
    assert {where: issues for where, issues in found.items() if issues} == {}
