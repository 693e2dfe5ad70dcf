"""Fields of AWS that guard data, by kind: which value does, and which lists must not get shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.report.kinds import SEARCH_DOMAIN, SEARCH_DOMAIN_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[[Any, Any], str]

_LOST = "no longer protects data"
_ACTIVE = (True, "Enabled")
_TLS = ("Policy-Min-TLS-1-0-2019-07", "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10")
"""What a search domain speaks at least, the weakest first."""


def _stays(*safe: str) -> Rule:
    """A value that protects, and must not become another."""
    return lambda before, after: _LOST if before in safe and after not in safe else ""


def _on(before: object, after: object) -> str:
    """What protects only where it is switched on."""
    return _LOST if before is True and after is not True else ""


def _not_off(before: object, after: object) -> str:
    """What protects unless it is switched off."""
    return _LOST if before is not False and after is False else ""


def _not_on(said: str) -> Rule:
    """What does harm where it is switched on."""
    return lambda before, after: said if before not in _ACTIVE and after in _ACTIVE else ""


def _never_fewer(before: object, after: object) -> str:
    """A number that may grow only; where none is given, AWS's own default of one counts."""
    one, other = (1 if value is None else value for value in (before, after))
    return "gets smaller" if isinstance(one, int) and isinstance(other, int) and other < one else ""


def _unchanged(said: str) -> Rule:
    """What was there and becomes another, or goes."""
    return lambda before, after: said if before is not None and before != after else ""


def _tls(before: object, after: object) -> str:
    if before == after or before not in _TLS or _TLS.index(before) == 0:
        return ""
    return "speaks older TLS" if after not in _TLS or _TLS.index(after) < _TLS.index(before) else ""


_ENCRYPTION = {
    "applyServerSideEncryptionByDefault.sseAlgorithm": _stays("aws:kms", "aws:kms:dsse"),
    "applyServerSideEncryptionByDefault.kmsMasterKeyId": _unchanged("is another key"),
}
_REPLICATION = {
    "status": _stays("Enabled"),
    "deleteMarkerReplication.status": _not_on("lets deletions reach the replica"),
    "destination.bucket": _unchanged("is another bucket; the earlier replicas grow old"),
    "destination.encryptionConfiguration.replicaKmsKeyId": _unchanged("is another key"),
    "destination.replicationTime.status": _stays("Enabled"),
    "destination.metrics.status": _stays("Enabled"),
    "sourceSelectionCriteria.sseKmsEncryptedObjects.status": _stays("Enabled"),
}
_DATABASE = {
    "multiAz": _on,
    "publiclyAccessible": _not_on("is reachable from anywhere"),
    "kmsKeyId": _unchanged("is another key"),
}
# By kind without its module's version, and by path without the indexes of lists.
RULES: dict[str, dict[str, Rule]] = {
    "aws:s3:Bucket": {f"serverSideEncryptionConfiguration.rule.{path}": rule for path, rule in _ENCRYPTION.items()}
    | {f"replicationConfiguration.rules.{path}": rule for path, rule in _REPLICATION.items()},
    "aws:dynamodb:Table": {
        "ttl.enabled": _not_on("lets items expire"),
        "ttl.attributeName": _unchanged("is another one"),
    },
    "aws:efs:FileSystem": {
        "protection.replicationOverwrite": lambda before, after: _LOST if before != after == "DISABLED" else ""
    },
    "aws:elasticache:ReplicationGroup": {
        **dict.fromkeys(("numCacheClusters", "numNodeGroups", "replicasPerNodeGroup"), _never_fewer),
        **dict.fromkeys(("automaticFailoverEnabled", "multiAzEnabled"), _on),
    },
    "aws:rds:Instance": _DATABASE,
    "aws:rds:Cluster": _DATABASE,
    "aws:backup:Plan": {"rules.enableContinuousBackup": _on, "rules.targetVaultName": _unchanged("is another vault")},
    "aws:s3:BucketOwnershipControls": {"rule.objectOwnership": _stays("BucketOwnerEnforced")},
    "aws:s3:BucketReplicationConfig": {f"rules.{path}": rule for path, rule in _REPLICATION.items()},
    "aws:s3:BucketServerSideEncryptionConfiguration": {f"rules.{path}": rule for path, rule in _ENCRYPTION.items()},
    "aws:s3:BucketObjectLockConfiguration": {"rule.defaultRetention.mode": _stays("GOVERNANCE", "COMPLIANCE")},
    "aws:kms:Alias": {"targetKeyId": _unchanged("is another key; what the earlier one encrypted stays with that one")},
    "aws:kms:Key": {
        "enableKeyRotation": _on,
        "bypassPolicyLockoutSafetyCheck": _not_on("lets a policy lock everybody out"),
        "policy": lambda before, after: "is gone: AWS's default applies" if before and not after else "",
    },
    "aws:kms:ReplicaKey": {"enabled": _not_off},
    "aws:vpc:SecurityGroupIngressRule": dict.fromkeys(
        ("cidrIpv4", "cidrIpv6", "fromPort", "prefixListId", "referencedSecurityGroupId", "toPort"),
        lambda before, after: "lets in others" if after is not None and before != after else "",
    ),
    "aws:cloudwatch:LogGroup": {"kmsKeyId": _unchanged("is another key")},
    "aws:iam:Role": {"permissionsBoundary": _unchanged("is another one, or gone")},
    "aws:iam:RolePolicyAttachment": {"policyArn": _unchanged("is another policy")},
    "aws:eks:PodIdentityAssociation": {
        "roleArn": _unchanged("is another role"),
        "policy": lambda before, after: "no longer limits the session" if before and not after else "",
    },
    SEARCH_DOMAIN: {
        "encryptAtRest.enabled": _on,
        "encryptAtRest.kmsKeyId": _unchanged("is another key"),
        "nodeToNodeEncryption.enabled": _on,
        "domainEndpointOptions.enforceHttps": _on,
        "domainEndpointOptions.tlsSecurityPolicy": _tls,
        "advancedSecurityOptions.enabled": _on,
        "advancedSecurityOptions.anonymousAuthEnabled": _not_on("lets in who has no name"),
        "clusterConfig.instanceCount": _never_fewer,
        "clusterConfig.warmCount": _never_fewer,
        "clusterConfig.dedicatedMasterCount": _never_fewer,
        "clusterConfig.dedicatedMasterEnabled": _on,
        "clusterConfig.multiAzWithStandbyEnabled": _on,
        "clusterConfig.zoneAwarenessEnabled": _on,
        "clusterConfig.zoneAwarenessConfig.availabilityZoneCount": _never_fewer,
        "ebsOptions.ebsEnabled": _on,
        "snapshotOptions.automatedSnapshotStartHour": _unchanged("is another hour, so that one day has none"),
        "logPublishingOptions.enabled": _not_off,
        "softwareUpdateOptions.autoSoftwareUpdateEnabled": _not_on("lets AWS restart nodes"),
    },
}
# Lists in which a member that goes is a guard that goes.
MEMBERS = {
    "aws:backup:Plan": ("rules",),
    "aws:s3:BucketReplicationConfig": ("rules",),
    SEARCH_DOMAIN: ("logPublishingOptions", "vpcOptions.subnetIds"),
}
# Where a policy stands, by the last name of its path.
POLICIES = {
    "aws:s3:Bucket": "policy",
    "aws:s3:BucketPolicy": "policy",
    "aws:backup:VaultPolicy": "policy",
    "aws:efs:FileSystemPolicy": "policy",
    "aws:kms:Key": "policy",
    "aws:kms:KeyPolicy": "policy",
    "aws:kms:ReplicaKey": "policy",
    "aws:iam:Policy": "policy",
    "aws:iam:Role": "assumeRolePolicy",
    "aws:iam:RolePolicy": "policy",
    SEARCH_DOMAIN: "accessPolicies",
    SEARCH_DOMAIN_POLICY: "accessPolicies",
    "aws:cloudwatch:LogResourcePolicy": "policyDocument",
    "aws:eks:PodIdentityAssociation": "policy",
}
