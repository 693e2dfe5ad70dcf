"""What is declared in AWS for prod: through one provider, kept, and everything else waits for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from components.composition.cloud import with_made_roles
from tests.cloud.conftest import PROD, settings_of
from tests.harness.declare import PROJECT, declare_stack, stack_settings
from tests.harness.made_buckets import ACCOUNT, made, moved

BUCKETS = {
    "opensearch-snapshots": "acme-prod-opensearch-snapshots",
    "qdrant-snapshots": "acme-prod-qdrant-snapshots",
    "chroma-snapshots": "acme-prod-database-snapshots",
    "volume-knowledge-snapshots": "acme-prod-knowledge-snapshots",
    "loki": "acme-prod-logs",
    "tempo": "acme-prod-traces",
}
"""By the name of the resource."""

TELEMETRY = ("loki", "tempo")

HOLDING = {
    "Bucket",
    "Key",
    "BucketPublicAccessBlock",
    "BucketOwnershipControls",
    "BucketVersioning",
    "BucketServerSideEncryptionConfiguration",
    "BucketLifecycleConfiguration",
    "BucketPolicy",
}
"""What holds data, and what makes it safe."""


def of_aws(declared):
    return [one for one in declared.resources if one.type.startswith("aws:")]


def test_each_bucket_that_is_made_has_its_own_key_and_role_and_is_kept(declared):
    assert {one.name: one.inputs["bucket"] for one in declared.of_kind("Bucket")} == BUCKETS
    for kind in HOLDING:
        found = [one for one in declared.of_kind(kind) if one.type.startswith("aws:") and one.name != "volumes"]
        assert {one.name for one in found} == BUCKETS.keys(), kind
        assert all(one.protect and one.retain_on_delete for one in found), kind
    roles = [one for one in declared.of_kind("Role") if one.type.startswith("aws:")]
    assert {one.name: one.inputs["name"] for one in roles} == BUCKETS
    assert {one.inputs["permissionsBoundary"] for one in roles} == {f"arn:aws:iam::{ACCOUNT}:policy/platform"}
    assert all(one.protect for one in roles)


def test_one_provider_of_exactly_one_account_and_region_carries_it_all(declared):
    (provider,) = [one for one in declared.resources if one.type == "pulumi:providers:aws"]
    assert json.loads(provider.inputs["allowedAccountIds"]) == [ACCOUNT]
    assert provider.inputs["region"] == "eu-central-1"
    tags = json.loads(provider.inputs["defaultTags"])["tags"]
    assert tags == {"cost-centre": "platform", "ballast/owner": "ballast/prod"}
    assert {one.provider.partition("::aws::")[2] for one in of_aws(declared)} == {"aws-id"}


def test_a_bucket_is_private_versioned_and_encrypted_with_its_own_key(declared):
    for name, bucket in BUCKETS.items():
        of = {kind: declared.one(kind, name).inputs for kind in HOLDING}
        assert of["Bucket"]["forceDestroy"] is False
        assert set(of["BucketPublicAccessBlock"].values()) == {True, bucket}
        assert len(of["BucketPublicAccessBlock"]) == 5
        assert of["BucketOwnershipControls"]["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        assert of["BucketVersioning"]["versioningConfiguration"] == {"status": "Enabled"}
        assert of["BucketServerSideEncryptionConfiguration"]["rules"] == [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": f"arn:aws:kms:eu-central-1:111122223333:key/{name}",
                },
                "bucketKeyEnabled": True,
            }
        ]
        assert (of["Key"]["enableKeyRotation"], of["Key"]["deletionWindowInDays"]) == (True, 30)


def test_volumes_are_of_a_class_that_keeps_them_encrypted_with_a_key_of_their_own(declared):
    (made,) = [one for one in declared.of_kind("StorageClass") if one.name == "volumes"]
    key = declared.one("Key", "volumes")
    assert made.inputs["parameters"] == {
        "type": "gp3",
        "encrypted": "true",
        "kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/volumes",
    }
    assert made.inputs["provisioner"] == "ebs.csi.aws.com"
    assert (made.inputs["reclaimPolicy"], made.inputs["allowVolumeExpansion"]) == ("Retain", True)
    assert made.inputs["volumeBindingMode"] == "WaitForFirstConsumer"
    assert {(one.protect, one.retain_on_delete) for one in (made, key)} == {(True, True)}
    # It is made, so it is not looked for before.
    assert not [one for one in declared.resources if one.name == "storage class of all data volumes"]
    named = {
        template["spec"]["storageClassName"]
        for one in declared.of_kind("StatefulSet")
        for template in one.inputs["spec"].get("volumeClaimTemplates", [])
    }
    assert named == {made.object_name}
    for workload in declared.workloads:
        assert {made.urn, key.urn} <= set(closure(declared, workload)), workload.name


def lifecycle(declared, name):
    """The days after which earlier versions and unfinished uploads end; nothing else may."""
    uploads, versions = declared.one("BucketLifecycleConfiguration", name).inputs["rules"]
    days = versions["noncurrentVersionExpiration"]["noncurrentDays"]
    begun = uploads["abortIncompleteMultipartUpload"]["daysAfterInitiation"]
    common = {"status": "Enabled", "filter": {"prefix": ""}}
    abort = {"abortIncompleteMultipartUpload": {"daysAfterInitiation": begun}}
    assert uploads == {"id": "unfinished-uploads", **common, **abort}
    assert versions == {
        "id": "earlier-versions",
        **common,
        "noncurrentVersionExpiration": {"noncurrentDays": days},
        "expiration": {"expiredObjectDeleteMarker": True},
    }
    return days, begun


def test_no_rule_ends_what_is_current_and_deleted_snapshots_stay_as_long_as_they_are_promised(declared):
    found = {name: lifecycle(declared, name) for name in BUCKETS}
    assert found == {name: (14, 1) if name in TELEMETRY else (30, 1) for name in BUCKETS}


@pytest.fixture(scope="module")
def other_times(tmp_path_factory):
    """Other promises, and Loki in a second bucket from a day on."""
    chroma = "recoveryPoint: 12h, recoveryTime: 4h, retention: 30d"
    text = made(PROD).replace(chroma, "recoveryPoint: 30h, recoveryTime: 4h, retention: 36h", 1)
    text = moved(text, "made: {recoverableFor: 90d}")
    return settings_of(text, tmp_path_factory.mktemp("times"))


def test_versions_outlive_every_snapshot_and_uploads_end_when_they_are_too_late(other_times):
    recording = declare_stack(other_times, "prod")
    assert lifecycle(recording, "chroma-snapshots") == (14, 2)
    # Loki's pod has one role, whichever of its buckets it asks.
    assert lifecycle(recording, "loki") == (14, 1)
    assert lifecycle(recording, "loki-later") == (90, 1)
    (access,) = [one for one in recording.of_kind("RolePolicy") if one.name == "loki"]
    (objects, *_, encryption) = json.loads(access.inputs["policy"])["Statement"]
    assert objects["Resource"] == ["arn:aws:s3:::acme-prod-logs/loki/*", "arn:aws:s3:::acme-prod-more-logs/loki/*"]
    assert len(encryption["Resource"]) == 2
    fences = [json.loads(recording.one("BucketPolicy", name).inputs["policy"]) for name in ("loki", "loki-later")]
    (first,), (second,) = (
        {
            one["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
            for one in fence["Statement"]
            if one["Sid"] == "DeletionByOthers"
        }
        for fence in fences
    )
    assert first == second == f"arn:aws:iam::{ACCOUNT}:role/acme-prod-logs"
    loki = with_made_roles(other_times).loki
    assert loki is not None
    assert {bucket.role_arn for bucket in loki.buckets} == {first}


def test_no_pod_starts_before_its_bucket_and_role_are_there(declared):
    awaited = {one.urn for one in of_aws(declared) if one.name in BUCKETS}
    for workload in declared.workloads:
        assert awaited <= set(closure(declared, workload)), workload.name


def closure(declared, resource):
    """Every URN that a resource waits for, through those that it waits for and its parents."""
    by_urn = {one.urn: one for one in declared.resources}
    todo, found = [resource.urn], set()
    while todo:
        urn = todo.pop()
        if urn not in found:
            found.add(urn)
            one = by_urn.get(urn)
            todo += [*one.dependencies, one.parent] if one is not None else []
    return found


def test_pods_show_who_they_are_by_the_one_way_that_the_stack_names(irsa, pod_identity):
    env = {one.name: str(one.pod) for one in irsa.workloads}
    for name in ("qdrant-snapshots", "chroma-snapshots", "volume-knowledge-snapshots", *TELEMETRY):
        assert f"arn:aws:iam::{ACCOUNT}:role/{BUCKETS[name]}" in env[name]
    assert not irsa.of_kind("PodIdentityAssociation")
    pods = "".join(str(one.pod) for one in pod_identity.workloads)
    assert "AWS_ROLE_ARN" not in pods
    assert "aws-token" not in pods
    accounts = {(one.namespace, one.object_name) for one in pod_identity.of_kind("ServiceAccount")}
    associations = pod_identity.of_kind("PodIdentityAssociation")
    assert {one.name for one in associations} == BUCKETS.keys()
    for one in associations:
        assert (one.inputs["namespace"], one.inputs["serviceAccount"]) in accounts
        assert one.inputs["clusterName"] == "acme-prod"
    agent = [
        (policy.namespace, rule["ports"])
        for policy in pod_identity.of_kind("NetworkPolicy")
        for rule in policy.inputs["spec"].get("egress", [])
        if {"ipBlock": {"cidr": "169.254.170.23/32"}} in rule["to"]
    ]
    assert {namespace for namespace, _ in agent} == {"eu-opensearch", "eu-qdrant", "eu-databases", "eu-observability"}
    assert all(ports == [{"protocol": "TCP", "port": 80}] for _, ports in agent)


def test_a_stack_that_names_no_account_imports_nothing_of_the_sdk():
    program = (
        "import sys\n"
        "from tests.harness.declare import declare_stack, stack_settings\n"
        "found = declare_stack(stack_settings('dev'), 'dev').resources\n"
        "assert len(found) > 100\n"
        "print([name for name in sys.modules if name.startswith('pulumi_aws')])\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert stack_settings("dev").aws is None
