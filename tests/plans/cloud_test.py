"""From any valid stack file to any other: no plan takes away or weakens a bucket or a key without a refusal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from components.settings.kept import kept_for, shortened
from components.settings.recorded_state import recorded_state
from components.settings.transitions import forbidden_transitions
from tests.harness.cloud_families import cloud_families, cloud_steps
from tests.harness.effort import repeatable

pytestmark = pytest.mark.plans

HOLDS = ("aws:s3/bucket:Bucket", "aws:kms/key:Key")
GUARDS = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
)
TIMED = {"aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"}
"""What only says how soon something is deleted: a report and a promotion refuse that it gets sooner."""
OUTCOMES = {"deleted", "replaced", "weakened", "sooner", "nothing"}
"""Without each of them among the steps the property would say nothing."""


def losses(old, new):
    """What a plan does to buckets, keys and what guards them: the outcome, and the resource."""
    after = {one.urn: one for one in new.resources}
    for one in old.resources:
        if one.type not in (*HOLDS, *GUARDS):
            continue
        now = after.get(one.urn)
        if now is None:
            yield "deleted", one
        elif one.inputs.get("bucket") != now.inputs.get("bucket") or place(old, one) != place(new, now):
            yield "replaced", one
        elif one.type in TIMED:
            if days(now) < days(one):
                yield "sooner", one
        elif one.type in GUARDS and one.inputs != now.inputs and not longer(one, now):
            yield "weakened", one


def place(recording, resource):
    """Account and region of the provider that makes it."""
    (provider,) = [one for one in recording.resources if one.urn == resource.provider.rpartition("::")[0]]
    return json.dumps({key: provider.inputs.get(key) for key in ("region", "allowedAccountIds")}, sort_keys=True)


def days(lifecycle):
    ends = [one["noncurrentVersionExpiration"] for one in lifecycle.inputs["rules"] if "noncurrent" in str(one)]
    return min(one["noncurrentDays"] for one in ends)


def longer(old, new):
    """Whether two locks are alike but for the days, of which there are more."""
    spans = [one.inputs.get("rule", {}).get("defaultRetention", {}).get("days", 0) for one in (old, new)]
    return "Lock" in old.type and spans[1] > spans[0]


def section(resource):
    """Whose it is, as the first words of its key in the stack file."""
    owner = resource.name.removeprefix("volume-").split("-")[0]
    return {"volumes": "cluster.storageClass"}.get(owner, owner)


def look(seen, before, after):
    (old, old_declared), (new, new_declared) = before, after
    refused = [one.key for one in forbidden_transitions(recorded_state(old), recorded_state(new))]
    sooner = [one.key for one in shortened(kept_for(old), kept_for(new))]
    found = list(losses(old_declared, new_declared))
    seen.update({outcome for outcome, _ in found} or {"nothing"})
    for outcome, resource in found:
        said = [*refused, *(sooner if outcome == "sooner" else ())]
        # Each by a refusal about its own place, or about the account of all.
        about = [key for key in said if section(resource) in key or key.startswith("ballast:aws")]
        assert about, (outcome, resource.urn, said)
    return bool(refused), bool(found)


def test_no_step_between_two_stack_files_takes_a_bucket_or_a_key_away():
    seen, declared, harmless = set(), {}, []

    @given(cloud_families())
    @repeatable(8)
    def step(family):
        for before, after in cloud_steps(family, declared):
            refused, lost = look(seen, before, after)
            harmless.append(refused and not lost)

    step()
    assert seen == OUTCOMES
    # What is refused of nothing is another's fault: a bucket that somebody else made, and that moves.
    assert sum(harmless) < len(harmless) / 2
