"""What is lost with an object of each kind: data, nothing, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SEARCH_DOMAIN, SEARCH_DOMAIN_POLICY = "aws:opensearch:Domain", "aws:opensearch:DomainPolicy"
"""A managed search domain, and who may reach it."""
AWS = "aws"
KUBERNETES = "kubernetes"
_PATCH = "Patch"


class Holds(Enum):
    """What a kind holds.

    Attributes:
        DATA: somebody's data, the claim on it, what runs on it, or what guards it.
        NOTHING: only what the program writes anew.
        UNKNOWN: the kind is in no list here, so it is judged as if it held data.
    """

    DATA = "data"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Kind:
    """What is known of a resource type.

    Attributes:
        name: The kind as people say it, for example `PersistentVolumeClaim`.
        holds: What an object of it holds.
        lost: What goes when an object of it goes; empty where it holds nothing.
    """

    name: str
    holds: Holds
    lost: str = ""


_STORE = "the operator ends the store's pods, and by its own rules their volumes"
_RUNS = "all its pods end at once; its claims stay unless its persistentVolumeClaimRetentionPolicy says Delete"
_GUARD = "the guard inside the API server that refuses the deletion of data"
_BACKUP = "the backups that would be made from now on"
_LOCK = "the lock that keeps objects from being deleted"
_NOT_PUBLIC = "the rule that keeps the bucket from the public"
_ENCRYPTED = "the rule by which objects are encrypted with the bucket's own key"
_KEY = "everything that was encrypted with the key"
_AUTHORITY = "the key of an authority; every certificate that it issued is refused with the next one"

_DATA = {
    "kubernetes:core:Namespace": "every object in it, claims and Secrets included",
    "kubernetes:core:PersistentVolume": "the way to the disk, and the disk itself where the reclaim policy is Delete",
    "kubernetes:core:PersistentVolumeClaim": "the volume, and the disk behind it where the reclaim policy is Delete",
    "kubernetes:core:Secret": "keys or passwords that nothing else may hold",
    "kubernetes:apps:StatefulSet": _RUNS,
    "kubernetes:apiextensions.k8s.io:CustomResourceDefinition": "every object of the kind, in all namespaces",
    "kubernetes:storage.k8s.io:StorageClass": "the rule that keeps disks whose claims are deleted",
    "kubernetes:snapshot.storage.k8s.io:VolumeSnapshot": "the snapshot, where its deletion policy is Delete",
    "kubernetes:snapshot.storage.k8s.io:VolumeSnapshotContent": "the snapshot, where its deletion policy is Delete",
    "kubernetes:snapshot.storage.k8s.io:VolumeSnapshotClass": "the rule that keeps snapshots",
    "kubernetes:admissionregistration.k8s.io:ValidatingAdmissionPolicy": _GUARD,
    "kubernetes:admissionregistration.k8s.io:ValidatingAdmissionPolicyBinding": _GUARD,
    "kubernetes:helm.sh:Release": "everything that the chart made, claims included",
    "kubernetes:monitoring.coreos.com:Prometheus": _STORE,
    "kubernetes:monitoring.coreos.com:Alertmanager": _STORE,
    "kubernetes:monitoring.coreos.com:ThanosRuler": _STORE,
    "kubernetes:postgresql.cnpg.io:Cluster": _STORE,
    "kubernetes:postgresql.cnpg.io:Backup": "the way to a backup",
    "kubernetes:postgresql.cnpg.io:ScheduledBackup": _BACKUP,
    "kubernetes:opensearch.opster.io:OpenSearchCluster": _STORE,
    "kubernetes:opensearch.org:OpenSearchCluster": _STORE,
    "kubernetes:kafka.strimzi.io:Kafka": _STORE,
    "kubernetes:kafka.strimzi.io:KafkaNodePool": _STORE,
    "aws:s3:Bucket": "every object in the bucket",
    "aws:s3:BucketV2": "every object in the bucket",
    "aws:s3:BucketVersioning": "the earlier versions of objects that are overwritten or deleted from now on",
    "aws:s3:BucketVersioningV2": "the earlier versions of objects that are overwritten or deleted from now on",
    "aws:s3:BucketObjectLockConfiguration": _LOCK,
    "aws:s3:BucketObjectLockConfigurationV2": _LOCK,
    "aws:s3:AccountPublicAccessBlock": _NOT_PUBLIC,
    "aws:s3:BucketOwnershipControls": "the rule that objects belong to the bucket's owner",
    "aws:s3:BucketPolicy": "the rules that deny deletion, plain HTTP and foreign keys",
    "aws:s3:BucketPublicAccessBlock": _NOT_PUBLIC,
    "aws:s3:BucketReplicationConfig": "the copies in another region of what is written from now on",
    "aws:s3:BucketServerSideEncryptionConfiguration": _ENCRYPTED,
    "aws:s3:BucketServerSideEncryptionConfigurationV2": _ENCRYPTED,
    "aws:kms:Key": _KEY,
    "aws:kms:ReplicaKey": _KEY,
    "aws:kms:KeyPolicy": "the rules that say who may use the key",
    "aws:rds:Instance": "the database",
    "aws:rds:Cluster": "the database",
    "aws:rds:ClusterInstance": "an instance of the database",
    "aws:elasticache:Cluster": "what the cache holds",
    "aws:elasticache:ReplicationGroup": "what the cache holds",
    "aws:elasticache:ServerlessCache": "what the cache holds",
    SEARCH_DOMAIN: "every index of the domain",
    SEARCH_DOMAIN_POLICY: "the rules that say who may reach the domain",
    "aws:ec2:SecurityGroup": "the rule that only its clients reach what stands in it",
    "aws:cloudwatch:LogGroup": "every log in it, the trail of who did what among them",
    "aws:eks:PodIdentityAssociation": "the way of a store's pods to their bucket, and with it every later snapshot",
    "aws:elasticsearch:Domain": "every index of the domain",
    "aws:ebs:Volume": "the disk",
    "aws:ebs:Snapshot": "the snapshot",
    "aws:efs:FileSystem": "every file in it",
    "aws:dynamodb:Table": "every item of the table",
    "aws:backup:Vault": "every backup in it",
    "aws:eks:Cluster": "the cluster, and whatever runs on it",
    "aws:secretsmanager:Secret": "the secret, after its recovery window",
    "aws:secretsmanager:SecretVersion": "a version of the secret",
    "aws:ssm:Parameter": "the parameter, perhaps a secret",
}

_NOTHING = {
    "kubernetes:core": ("ConfigMap", "Event", "LimitRange", "Pod", "ResourceQuota", "Service", "ServiceAccount"),
    "kubernetes:apps": ("DaemonSet", "Deployment"),
    "kubernetes:autoscaling": ("HorizontalPodAutoscaler",),
    "kubernetes:batch": ("CronJob", "Job"),
    "kubernetes:cert-manager.io": ("Certificate", "ClusterIssuer", "Issuer"),
    "kubernetes:monitoring.coreos.com": ("PodMonitor", "Probe", "PrometheusRule", "ServiceMonitor"),
    "kubernetes:networking.k8s.io": ("Ingress", "IngressClass", "NetworkPolicy"),
    "kubernetes:policy": ("PodDisruptionBudget",),
    "kubernetes:rbac.authorization.k8s.io": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    "kubernetes:scheduling.k8s.io": ("PriorityClass",),
    "aws:iam": ("OpenIdConnectProvider", "Policy", "PolicyAttachment", "Role", "RolePolicy", "RolePolicyAttachment"),
    "aws:cloudwatch": ("LogResourcePolicy",),
    "aws:kms": ("Alias",),
    "aws:s3": ("BucketLifecycleConfiguration", "BucketLifecycleConfigurationV2"),
    "aws:vpc": ("SecurityGroupIngressRule",),
}
# Kinds that live in the engine or in the program alone, whatever follows the prefix.
_NO_OBJECTS = ("pulumi:index:Stash", "pulumi:pulumi:", "pulumi:providers:")


def kind_of(token: str, *, authority: bool = False) -> Kind:
    """What is known of a resource type.

    Args:
        token: The type as the engine writes it, for example `kubernetes:core/v1:Secret` or `aws:s3/bucketV2:BucketV2`.
        authority: whether it is the certificate of an authority, which holds a key that everything under it hangs on.
    """
    group, _, name = group_and_name(token).rpartition(":")
    if authority and name == "Certificate":
        return Kind(name, Holds.DATA, _AUTHORITY)
    if token.startswith(_NO_OBJECTS):
        return Kind(name, Holds.NOTHING)
    if is_patch(token):
        # A patch owns fields of an object that somebody else made; with it go these fields, never the object.
        known = kind_of(token.removesuffix(_PATCH)).holds is not Holds.UNKNOWN
        return Kind(name, Holds.NOTHING if known else Holds.UNKNOWN)
    if lost := _DATA.get(f"{group}:{name}"):
        return Kind(name, Holds.DATA, lost)
    if name in _NOTHING.get(group, ()):
        return Kind(name, Holds.NOTHING)
    return Kind(name or token, Holds.UNKNOWN, "unknown type: judged as if it held data")


def group_and_name(token: str) -> str:
    """A type without the version or file in it, for example `kubernetes:core:Secret` or `aws:s3:BucketV2`."""
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    return f"{package}:{module.split('/')[0]}:{name}"


def is_patch(token: str) -> bool:
    """Whether the type writes fields into an object that it doesn't own."""
    return token.startswith(f"{KUBERNETES}:") and token.endswith(_PATCH)
