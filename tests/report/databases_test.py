"""Ways in which a change takes away the copies of a database, for each operator and service that keeps some."""

from __future__ import annotations

import pytest

from ops.report.findings import Rank
from tests.report.aws_weakening_test import change, judged
from tests.report.weakening_test import CRONJOB, POSTGRES, SCHEDULED, STATEFUL, at

K8S = "kubernetes:"
ZALANDO = f"{K8S}acid.zalan.do/v1:postgresql"
ELASTIC = f"{K8S}elasticsearch.k8s.elastic.co/v1:Elasticsearch"
PERCONA = f"{K8S}pxc.percona.com/v1:PerconaXtraDBCluster"
KAFKA = f"{K8S}kafka.strimzi.io/v1beta2:Kafka"
TOPIC = f"{K8S}kafka.strimzi.io/v1beta2:KafkaTopic"
OPENSEARCH = f"{K8S}opensearch.opster.io/v1:OpenSearchCluster"
VELERO = f"{K8S}velero.io/v1:Schedule"
RELEASE = f"{K8S}helm.sh/v3:Release"
CERTIFICATE = f"{K8S}cert-manager.io/v1:Certificate"
INSTANCE, AURORA = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
TABLE = "aws:dynamodb/table:Table"
FILES, FILES_BACKUP = "aws:efs/fileSystem:FileSystem", "aws:efs/backupPolicy:BackupPolicy"
PLAN, VAULT_LOCK = "aws:backup/plan:Plan", "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
BUCKET, VERSIONING = "aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning"
BUCKET_ACL = "aws:s3/bucketAcl:BucketAcl"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
VOLUME = f"{K8S}core/v1:PersistentVolume"
CLASS = f"{K8S}storage.k8s.io/v1:StorageClass"
WINDOWS_FILES = "aws:fsx/windowsFileSystem:WindowsFileSystem"
WAREHOUSE, STREAM = "aws:redshift/cluster:Cluster", "aws:kinesis/stream:Stream"
REGISTRY = "aws:ecr/repository:Repository"
LOGS = "aws:cloudwatch/logGroup:LogGroup"


def pair(path, before, after):
    """One value before and after; None where it is not given."""
    return [{} if value is None else at(path, value) for value in (before, after)]


WEAKENINGS = [
    (POSTGRES, "spec.plugins.0", {"name": "barman-cloud", "isWALArchiver": True}, None),
    (POSTGRES, "spec.plugins.0.isWALArchiver", True, False),
    (POSTGRES, "metadata.annotations", {}, {"cnpg.io/hibernation": "on"}),
    (POSTGRES, "spec.backup.retentionPolicy", "30d", None),
    (POSTGRES, "spec.backup.volumeSnapshot.className", "gp3", None),
    (POSTGRES, "spec.backup.volumeSnapshot.snapshotOwnerReference", "none", "cluster"),
    (SCHEDULED, "spec.backupOwnerReference", "none", "self"),
    (SCHEDULED, "spec.schedule", "0 0 2 * * *", "0 0 2 1 * *"),
    (ZALANDO, "spec.numberOfInstances", 2, 0),
    (ZALANDO, "spec.enableLogicalBackup", True, False),
    (ZALANDO, "spec.enableLogicalBackup", True, None),
    (ZALANDO, "spec.logicalBackupSchedule", "30 0 * * *", "30 0 * * 0"),
    (ZALANDO, "spec.logicalBackupRetention", "3 months", "2 weeks"),
    (ZALANDO, "spec.volume.size", "10Gi", "5Gi"),
    (ELASTIC, "spec.nodeSets.0.count", 3, 0),
    (
        ELASTIC,
        "spec.volumeClaimDeletePolicy",
        "DeleteOnScaledownOnly",
        "DeleteOnScaledownAndClusterDeletion",
    ),
    (PERCONA, "spec.pause", None, True),
    (PERCONA, "metadata.finalizers", [], ["percona.com/delete-pxc-pvc"]),
    (KAFKA, "spec.kafka.storage.deleteClaim", False, True),
    (TOPIC, "spec.config", {"retention.ms": 604800000}, {"retention.ms": 3600000}),
    (OPENSEARCH, "spec.nodePools.0.diskSize", "100Gi", "10Gi"),
    (VELERO, "spec.paused", None, True),
    (VELERO, "spec.schedule", "0 3 * * *", "0 3 * * 1"),
    (VELERO, "spec.template.ttl", "720h0m0s", "24h0m0s"),
    (CRONJOB, "spec.schedule", "*/15 * * * *", "0 0 31 2 *"),
    (VOLUME, "spec.persistentVolumeReclaimPolicy", "Retain", "Delete"),
    (CLASS, "reclaimPolicy", "Retain", "Delete"),
    (STATEFUL, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", None, "Delete"),
    (STATEFUL, "spec.persistentVolumeClaimRetentionPolicy.whenScaled", "Retain", "Delete"),
    (RELEASE, "values.server.persistentVolume.enabled", True, False),
    (WINDOWS_FILES, "automaticBackupRetentionDays", 30, 0),
    (WAREHOUSE, "automatedSnapshotRetentionPeriod", 30, 1),
    (STREAM, "retentionPeriod", 168, 24),
    (REGISTRY, "forceDelete", None, True),
    (CACHE, "numNodeGroups", 3, 2),
    (CACHE, "replicasPerNodeGroup", 2, None),
    (CACHE, "multiAzEnabled", True, False),
    (BUCKET, "versionings.0.enabled", True, False),
    (STATEFUL, "metadata.finalizers", ["example.com/keep"], []),
    (RELEASE, "values.persistence.enabled", True, False),
    (CERTIFICATE, "spec.privateKey.rotationPolicy", "Never", "Always"),
    (INSTANCE, "multiAz", True, False),
    (INSTANCE, "publiclyAccessible", False, True),
    (INSTANCE, "backupRetentionPeriod", 14, None),
    (INSTANCE, "deletionProtection", True, False),
    (INSTANCE, "skipFinalSnapshot", False, True),
    (AURORA, "backupRetentionPeriod", 14, 1),
    (AURORA, "backtrackWindow", 86400, None),
    (CACHE, "snapshotRetentionLimit", 7, 0),
    (CACHE, "snapshotRetentionLimit", 7, None),
    (CACHE, "numCacheClusters", 3, 1),
    (CACHE, "automaticFailoverEnabled", True, False),
    (TABLE, "ttl", {"attributeName": "a", "enabled": False}, {"attributeName": "a", "enabled": True}),
    (TABLE, "pointInTimeRecovery.recoveryPeriodInDays", None, 7),
    (TABLE, "pointInTimeRecovery.enabled", True, None),
    (TABLE, "replicas.0.regionName", "eu-west-1", None),
    (TABLE, "deletionProtectionEnabled", True, False),
    (FILES, "protection.replicationOverwrite", "ENABLED", "DISABLED"),
    (FILES_BACKUP, "backupPolicy.status", "ENABLED", "DISABLED"),
    (PLAN, "rules.0.lifecycle.deleteAfter", 365, 7),
    (PLAN, "rules.0.schedule", "cron(0 5 * * ? *)", "cron(0 5 1 * ? *)"),
    (PLAN, "rules.0.enableContinuousBackup", True, False),
    (PLAN, "rules.0.ruleName", "daily", None),
    (VAULT_LOCK, "minRetentionDays", 30, 1),
    (BUCKET, "acl", "private", "public-read"),
    (BUCKET_ACL, "acl", "private", "public-read-write"),
    (VERSIONING, "versioningConfiguration.mfaDelete", "Enabled", "Disabled"),
    (SECRET, "replicas.0.region", "eu-west-1", None),
    (LOGS, "retentionInDays", None, 7),
    (LOGS, "retentionInDays", 90, 7),
]
"""By kind: a path, and its value before and after."""


@pytest.mark.parametrize(("token", "path", "before", "after"), WEAKENINGS)
def test_a_copy_or_a_guard_that_goes_is_named_and_taken_back_it_is_plain(token, path, before, after):
    old, new = pair(path, before, after)
    (found,) = judged(change(token, old, new)).findings
    assert found.rank is Rank.WEAKENED
    assert any(name in " ".join(found.notes) for name in path.replace(".0", "").split(".")[-2:]), found.notes
    (back,) = judged(change(token, new, old)).findings
    assert back.rank is Rank.UPDATE or "finalizers" in path, back.notes


@pytest.mark.parametrize(
    ("token", "path"),
    [(INSTANCE, "kmsKeyId"), (AURORA, "kmsKeyId"), (TABLE, "ttl.attributeName"), (PLAN, "rules.0.targetVaultName")],
)
def test_what_is_another_one_is_named_whichever_way_it_goes(token, path):
    for sides in (("a", "b"), ("b", "a")):
        (found,) = judged(change(token, *pair(path, *sides))).findings
        assert found.rank is Rank.WEAKENED
