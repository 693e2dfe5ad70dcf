"""Every way in which a change weakens a guard of data, by kind and field; the other way round is plain."""

from __future__ import annotations

import pytest

from tests.harness.previews import preview, state, step

STATEFUL = "kubernetes:apps/v1:StatefulSet"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CRONJOB = "kubernetes:batch/v1:CronJob"
PROMETHEUS = "kubernetes:monitoring.coreos.com/v1:Prometheus"
POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
BINDING = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
SNAPSHOTS = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass"
POSTGRES = "kubernetes:postgresql.cnpg.io/v1:Cluster"
SCHEDULED = "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup"
CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
LIFECYCLE = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
LOCK = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
PUBLIC = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
VERSIONING = "aws:s3/bucketVersioningV2:BucketVersioningV2"
BUCKET = "aws:s3/bucket:Bucket"
KEY = "aws:kms/key:Key"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
DATABASE = "aws:rds/instance:Instance"
SEARCH = "kubernetes:opensearch.opster.io/v1:OpenSearchCluster"
HEADING = "Guards of data that would be weakened, and data that is gone"


def at(path, to):
    """An object that holds one value at a path; a number stands for a list's member."""
    for part in reversed(path.split(".")):
        to = [to] if part == "0" else {part: to}
    return to


def volume(**source):
    return at("spec.template.spec.volumes.0", {"name": "data", **source})


WEAKENINGS = [
    *(
        (STATEFUL, at("spec.replicas", old), at("spec.replicas", new), "spec.replicas")
        for old, new in ((3, 0), (1, -1))
    ),
    (STATEFUL, at("spec.serviceName", "a"), at("spec.replicas", 0), "spec.replicas"),
    (POSTGRES, at("spec.instances", 2), at("spec.instances", 0), "spec.instances"),
    (PROMETHEUS, at("spec.replicas", 2), at("spec.replicas", 0), "spec.replicas"),
    (SEARCH, at("spec.nodePools.0.replicas", 3), at("spec.nodePools.0.replicas", 0), "spec.nodePools[0].replicas"),
    *(
        (token, volume(persistentVolumeClaim={"claimName": "a"}), volume(emptyDir={}), "persistentVolumeClaim")
        for token in (STATEFUL, DEPLOYMENT)
    ),
    (
        PROMETHEUS,
        at("spec.storage.volumeClaimTemplate.spec.a", 1),
        at("spec.storage.emptyDir", {}),
        "volumeClaimTemplate",
    ),
    (PROMETHEUS, at("spec.retention", "30d"), at("spec.retention", "1w"), "spec.retention"),
    (CRONJOB, at("spec.suspend", to=False), at("spec.suspend", to=True), "spec.suspend"),
    (CRONJOB, at("spec.schedule", "a"), at("spec.suspend", to=True), "spec.suspend"),
    (SCHEDULED, at("spec.suspend", to=False), at("spec.suspend", to=True), "spec.suspend"),
    (POLICY, at("spec.validations.0.expression", "a"), at("spec.validations", []), "validations"),
    (POLICY, at("spec.validations.0.expression", "a"), at("spec.validations.0.expression", "true"), "expression"),
    (POLICY, at("spec.matchConstraints.resourceRules.0.a", 1), at("spec.matchConstraints", {}), "resourceRules"),
    (POLICY, at("spec.failurePolicy", "Fail"), at("spec.failurePolicy", "Ignore"), "spec.failurePolicy"),
    (BINDING, at("spec.policyName", "a"), at("spec.policyName", "b"), "spec.policyName"),
    (BINDING, at("spec.validationActions", ["Deny"]), at("spec.validationActions", ["Warn"]), "spec.validationActions"),
    (SNAPSHOTS, at("deletionPolicy", "Retain"), at("deletionPolicy", "Delete"), "deletionPolicy"),
    (
        POSTGRES,
        at("spec.backup.barmanObjectStore.path", "s3"),
        at("spec.instances", 1),
        "spec.backup.barmanObjectStore",
    ),
    (POSTGRES, at("spec.backup.retentionPolicy", "30d"), at("spec.backup.retentionPolicy", "1w"), "retentionPolicy"),
    (POSTGRES, at("spec.backup.retentionPolicy", "2m"), at("spec.backup.retentionPolicy", "31d"), "retentionPolicy"),
    (SEARCH, at("spec.general.snapshotRepositories.0.name", "a"), at("spec.general.a", 1), "snapshotRepositories"),
    (CERTIFICATE, at("spec.isCA", to=True), at("spec.isCA", to=False), "spec.isCA"),
    (DATABASE, at("backupRetentionPeriod", 30), at("backupRetentionPeriod", 0), "backupRetentionPeriod"),
    (DATABASE, at("deleteAutomatedBackups", to=False), at("deleteAutomatedBackups", to=True), "deleteAutomatedBackups"),
    (DATABASE, at("finalSnapshotIdentifier", "a"), {}, "finalSnapshotIdentifier"),
    (VERSIONING, *(at("versioningConfiguration.status", said) for said in ("Enabled", "Suspended")), "status"),
    (BUCKET, at("versioning.enabled", to=True), at("versioning.enabled", to=False), "versioning.enabled"),
    (BUCKET, at("versioning.enabled", to=True), {}, "versioning.enabled"),
    (LIFECYCLE, *(at("rules.0.expiration.days", days) for days in (90, 7)), "rules[0].expiration.days"),
    (LIFECYCLE, at("rules.0.id", "a"), at("rules.0.expiration.days", 7), "rules[0].expiration.days"),
    (
        LIFECYCLE,
        *(at("rules.0.noncurrentVersionExpiration.noncurrentDays", days) for days in (90, 1)),
        "noncurrentVersionExpiration.noncurrentDays",
    ),
    (LOCK, *(at("rule.defaultRetention.days", days) for days in (90, 1)), "rule.defaultRetention.days"),
    (LOCK, *(at("rule.defaultRetention.years", years) for years in (2, 1)), "rule.defaultRetention.years"),
    (LOCK, *(at("rule.defaultRetention.mode", mode) for mode in ("COMPLIANCE", "GOVERNANCE")), "mode"),
    (LOCK, at("objectLockEnabled", "Enabled"), {}, "objectLockEnabled"),
    *(
        (PUBLIC, at(name, to=True), at(name, to=False), name)
        for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    ),
    (KEY, at("isEnabled", to=True), at("isEnabled", to=False), "isEnabled"),
    (KEY, {}, at("isEnabled", to=False), "isEnabled"),
    (KEY, at("deletionWindowInDays", 30), at("deletionWindowInDays", 7), "deletionWindowInDays"),
    (KEY, {}, at("deletionWindowInDays", 7), "deletionWindowInDays"),
    (SECRET, at("recoveryWindowInDays", 30), at("recoveryWindowInDays", 0), "recoveryWindowInDays"),
    (SECRET, {}, at("recoveryWindowInDays", 7), "recoveryWindowInDays"),
]


def said_of(report, token, before, after):
    old, new = state(token, "it", inputs=before), state(token, "it", inputs=after)
    return report(prod=preview(step("update", token, "it", old=old, new=new)))


@pytest.mark.parametrize(("token", "before", "after", "named"), WEAKENINGS)
def test_a_weakening_is_named_and_taken_back_it_is_plain(report, token, before, after, named):
    said = said_of(report, token, before, after)
    assert "no data is lost" not in said.out
    told = said.section(HEADING)
    assert named in told
    assert "| `prod` | 0 | 0 | 0 | 1 |" in said.out
    if token != BINDING or named != "spec.policyName":
        assert "no data is lost in `prod`" in said_of(report, token, after, before).out


@pytest.mark.parametrize("op", ["delete", "replace"])
def test_the_certificate_of_an_authority_is_data_and_another_is_none(report, op):
    authority = state(CERTIFICATE, "root", inputs=at("spec.isCA", to=True))
    said = report(prod=preview(step(op, CERTIFICATE, "root", old=authority), step(op, CERTIFICATE, "leaf")))
    assert len(said.losses) == 1
    assert "Certificate data/root" in said.losses[0]


@pytest.mark.parametrize("token", [SCHEDULED, LOCK, PUBLIC, BINDING])
def test_a_guard_that_goes_is_a_loss(report, token):
    assert len(report(prod=preview(step("delete", token, "it"))).losses) == 1


def test_a_new_rule_that_ends_objects_is_named_when_it_is_made(report):
    made = state(LIFECYCLE, "it", inputs=at("rules.0.expiration.days", 7))
    said = report(prod=preview(step("create", LIFECYCLE, "it", new=made)))
    assert "`rules[0].expiration.days` ends what was kept" in said.section(HEADING)


def test_a_workload_without_data_is_replaced_with_its_claim_or_named(report):
    old, new = (
        state(DEPLOYMENT, "it", inputs=volume(**{kind: {"a": 1}})) for kind in ("persistentVolumeClaim", "emptyDir")
    )
    said = report(prod=preview(step("replace", DEPLOYMENT, "it", old=old, new=new)))
    assert "fewer `persistentVolumeClaim` than before" in said.section(HEADING)
