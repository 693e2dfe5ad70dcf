"""What guards data in AWS, and every change that weakens it, by kind and field."""

from __future__ import annotations

import json

BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
PUBLIC = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
KEY = "aws:kms/key:Key"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
ALIAS = "aws:kms/alias:Alias"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
DOMAIN = "aws:opensearch/domain:Domain"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
DOMAIN_POLICY = "aws:opensearch/domainPolicy:DomainPolicy"
POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for what is known only after an apply."""

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/b/*"}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:Delete*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
NAMED = {"StringEquals": {"aws:SourceAccount": ["1", "2"]}}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def at(path, to):
    """An object that holds one value at a path; a number stands for a list's member, a part after ! has dots."""
    for part in reversed(path.split(".")):
        to = [to] if part == "0" else {part: to}
    return to


def pair(token, path, old, new):
    """A change of one value; None where it is not given, beside a value that stays."""
    values = (at(path, value) if value is not None else {} for value in (old, new))
    return (token, *values, path.split(".")[-1] if path.endswith(("0", "rules")) else path.replace(".0", ""))


RULE = {
    "id": "a",
    "status": "Enabled",
    "noncurrentVersionExpiration": {"noncurrentDays": 90},
    "filter": {"prefix": "x/"},
}
WEAKENINGS = [
    pair(BUCKET, "forceDestroy", old=False, new=True),
    pair(
        BUCKET,
        "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm",
        "aws:kms",
        "AES256",
    ),
    pair(BUCKET, "replicationConfiguration.rules.0.status", "Enabled", "Disabled"),
    pair(BUCKET, "policy", policy(DENY), policy()),
    (BUCKET, *(at("lifecycleRules.0", at("noncurrentVersionExpiration.days", n)) for n in (90, 3)), "days"),
    (BUCKET, {}, at("lifecycleRules.0.noncurrentVersionExpiration.days", 3), "lifecycleRules[None]"),
    pair(VERSIONING, "versioningConfiguration.status", "Enabled", "Suspended"),
    (LIFECYCLE, at("rules.0", RULE), at("rules.0", {**RULE, "filter": {"prefix": ""}}), "rules[a]"),
    (LIFECYCLE, at("rules.0", {**RULE, "status": "Disabled"}), at("rules.0", RULE), "rules[a]"),
    (LIFECYCLE, at("rules.0", RULE), {"rules": [RULE, {**RULE, "id": "b"}]}, "rules[b]"),
    (
        LIFECYCLE,
        *(at("rules.0", {**RULE, "noncurrentVersionExpiration": {"newerNoncurrentVersions": n}}) for n in (9, 2)),
        "newerNoncurrentVersions",
    ),
    pair(LOCK, "rule.defaultRetention.days", 30, 7),
    pair(LOCK, "rule.defaultRetention.mode", "GOVERNANCE", None),
    pair(PUBLIC, "restrictPublicBuckets", old=True, new=None),
    pair(OWNERSHIP, "rule.objectOwnership", "BucketOwnerEnforced", "ObjectWriter"),
    pair(ENCRYPTION, "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms", "AES256"),
    pair(ENCRYPTION, "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId", "a", None),
    (REPLICATION, {"rules": [{"id": "a"}, {"id": "b"}]}, {"rules": [{"id": "a"}]}, "fewer `rules`"),
    pair(REPLICATION, "rules.0.status", "Enabled", "Disabled"),
    pair(REPLICATION, "rules.0.deleteMarkerReplication.status", "Disabled", "Enabled"),
    pair(REPLICATION, "rules.0.destination.bucket", "a", "b"),
    pair(REPLICATION, "rules.0.destination.encryptionConfiguration.replicaKmsKeyId", "a", "b"),
    pair(REPLICATION, "rules.0.destination.replicationTime.status", "Enabled", "Disabled"),
    pair(REPLICATION, "rules.0.destination.metrics.status", "Enabled", "Disabled"),
    pair(REPLICATION, "rules.0.sourceSelectionCriteria.sseKmsEncryptedObjects.status", "Enabled", "Disabled"),
    pair(KEY, "enableKeyRotation", old=True, new=False),
    pair(KEY, "enableKeyRotation", old=True, new=None),
    pair(KEY, "isEnabled", old=True, new=False),
    pair(KEY, "deletionWindowInDays", 30, 7),
    pair(KEY, "bypassPolicyLockoutSafetyCheck", old=None, new=True),
    pair(REPLICA_KEY, "enabled", old=True, new=False),
    pair(REPLICA_KEY, "deletionWindowInDays", None, 7),
    pair(ALIAS, "targetKeyId", "a", "b"),
    pair(ROLE, "permissionsBoundary", "a", None),
    pair(ROLE, "managedPolicyArns", [], ["a"]),
    pair(ROLE, "assumeRolePolicy", policy({**TRUST, "Condition": NAMED}), policy(TRUST)),
    (
        ROLE,
        *(at("inlinePolicies.0", {"name": "a", "policy": policy(*said)}) for said in ((), (READ,))),
        "inlinePolicies",
    ),
    pair(ATTACHMENT, "policyArn", "a", "b"),
    *(
        pair(token, name, *(policy(TRUST | {"Principal": {"AWS": who}}) for who in ("arn:aws:iam::1:role/a", "*")))
        for token, name in (
            (BUCKET_POLICY, "policy"),
            (KEY, "policy"),
            (KEY_POLICY, "policy"),
            (REPLICA_KEY, "policy"),
            (ROLE, "assumeRolePolicy"),
            (DOMAIN, "accessPolicies"),
            (DOMAIN_POLICY, "accessPolicies"),
        )
    ),
    *(
        pair(token, "policy", policy(READ), policy(READ | change))
        for token in (POLICY, ROLE_POLICY)
        for change in (
            {"Action": "s3:*"},
            {"Resource": "arn:aws:s3:::a/*"},
            {"Action": ["s3:GetObject", "s3:PutObject"]},
        )
    ),
    pair(BUCKET_POLICY, "policy", policy(DENY), policy(DENY | {"Action": "s3:DeleteObject"})),
    pair(BUCKET_POLICY, "policy", policy(DENY), policy(DENY | {"Condition": NAMED})),
    pair(POD_IDENTITY, "roleArn", "a", "b"),
    pair(POD_IDENTITY, "policy", policy(READ), None),
    *(
        pair(DOMAIN, path, old=True, new=False)
        for path in (
            "encryptAtRest.enabled",
            "nodeToNodeEncryption.enabled",
            "domainEndpointOptions.enforceHttps",
            "advancedSecurityOptions.enabled",
            "clusterConfig.dedicatedMasterEnabled",
            "clusterConfig.multiAzWithStandbyEnabled",
            "clusterConfig.zoneAwarenessEnabled",
            "ebsOptions.ebsEnabled",
            "logPublishingOptions.0.enabled",
        )
    ),
    *(
        pair(DOMAIN, path, 3, 2)
        for path in (
            "clusterConfig.instanceCount",
            "clusterConfig.warmCount",
            "clusterConfig.dedicatedMasterCount",
            "clusterConfig.zoneAwarenessConfig.availabilityZoneCount",
            "ebsOptions.volumeSize",
        )
    ),
    pair(DOMAIN, "clusterConfig.instanceCount", 3, None),
    pair(DOMAIN, "ebsOptions.volumeSize", 100, 50),
    pair(INGRESS, "referencedSecurityGroupId", "sg-1", "sg-2"),
    pair(INGRESS, "cidrIpv4", None, "0.0.0.0/0"),
    pair(LOGS, "retentionInDays", 90, 7),
    pair(LOGS, "kmsKeyId", "a", None),
    pair(DOMAIN, "encryptAtRest.kmsKeyId", "a", "b"),
    pair(DOMAIN, "advancedSecurityOptions.anonymousAuthEnabled", old=False, new=True),
    pair(DOMAIN, "softwareUpdateOptions.autoSoftwareUpdateEnabled", old=None, new=True),
    pair(DOMAIN, "snapshotOptions.automatedSnapshotStartHour", 3, 4),
    pair(DOMAIN, "domainEndpointOptions.tlsSecurityPolicy", "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-0-2019-07"),
    pair(DOMAIN, "domainEndpointOptions.tlsSecurityPolicy", "Policy-Min-TLS-1-2-PFS-2023-10", None),
    (DOMAIN, at("logPublishingOptions.0.logType", "a"), {}, "fewer `logPublishingOptions`"),
    (DOMAIN, at("vpcOptions.subnetIds", ["a", "b"]), at("vpcOptions.subnetIds", ["a"]), "fewer `vpcOptions.subnetIds`"),
]
