"""What roles, buckets and keys allow, as IAM's documents: no wildcard but where a line says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.cloud.settings import PodIdentity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Document = dict[str, Any]

READ_AND_WRITE = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
"""What every program does with objects in its folder: old ones go. Of tags nobody makes use."""

ENDS_UPLOADS = "s3:AbortMultipartUpload"
"""Of programs that end uploads which they began; of all others S3 ends them (`unfinished-uploads`)."""

AUDIENCE = "sts.amazonaws.com"
"""For whom the tokens are that pods show (`components/storage/buckets.py`)."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A service account of one cluster, as AWS knows it.

    Attributes:
        namespace: its namespace, as it is called in the cluster.
        name: its name there.
    """

    namespace: str
    name: str


def trust(identity: PodIdentity, *, account: Account, provider: str, cluster: str) -> Document:
    """Return who may take on a role: pods of exactly one service account.

    Args:
        identity: how pods show who they are.
        account: the service account.
        provider: ARN of the cluster's OIDC provider; for IRSA.
        cluster: ARN of the cluster; for Pod Identity, where names of namespaces repeat from cluster to cluster.
    """
    if identity is PodIdentity.IRSA:
        issuer = provider.partition(":oidc-provider/")[2]
        statement = {
            "Principal": {"Federated": provider},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {
                "StringEquals": {
                    f"{issuer}:aud": AUDIENCE,
                    f"{issuer}:sub": f"system:serviceaccount:{account.namespace}:{account.name}",
                }
            },
        }
    else:
        statement = {
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-arn": cluster,
                    "aws:RequestTag/kubernetes-namespace": account.namespace,
                    "aws:RequestTag/kubernetes-service-account": account.name,
                }
            },
        }
    return policy_document({"Sid": "OneServiceAccount", "Effect": "Allow", **statement})


def folder_access(
    *, folders: Mapping[str, str], keys: Sequence[str], service: str, ends_uploads: bool, lists_uploads: bool
) -> Document:
    """Return what a role may do: read and write below one folder of each bucket, with the keys of these buckets.

    Args:
        folders: by the ARN of their bucket.
        keys: ARNs of the buckets' keys.
        service: host name of S3, through which alone the keys are used.
        ends_uploads: whether the program ends uploads that it began.
        lists_uploads: whether it looks for uploads that were never completed.
    """
    prefixes = sorted({prefix for folder in folders.values() for prefix in (folder, f"{folder}/*")})
    statements = [
        allowed(
            "Objects",
            [*READ_AND_WRITE, *((ENDS_UPLOADS,) if ends_uploads else ())],
            [f"{bucket}/{folder}/*" for bucket, folder in folders.items()],
        ),
        allowed("List", ["s3:ListBucket"], folders, {"StringLike": {"s3:prefix": prefixes}}),
        # S3 asks for both itself when an object is written in parts.
        allowed("Encryption", ["kms:Decrypt", "kms:GenerateDataKey"], keys, through(service)),
    ]
    if lists_uploads:
        # AWS knows no prefix for this action; the bucket is this store's alone.
        statements.append(allowed("Uploads", ["s3:ListBucketMultipartUploads"], folders))
    return policy_document(*statements)


def bucket_fence(*, bucket: str, key: str, role: str) -> Document:
    """Return what nobody may do with a bucket, whatever else is allowed; S3's own lifecycle is not bound by it.

    Args:
        bucket: its ARN.
        key: ARN of its key.
        role: ARN of the only role that deletes.
    """
    inside = [bucket, f"{bucket}/*"]
    encryption, own_key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    return policy_document(
        # All actions, because a plain connection shows whatever it carries.
        _denied("PlainHttp", ["s3:*"], inside, {"Bool": {"aws:SecureTransport": "false"}}),
        _denied("DeletionByOthers", ["s3:DeleteObject"], [f"{bucket}/*"], {"ArnNotEquals": {"aws:PrincipalArn": role}}),
        # Versions are what a mistake is undone with.
        _denied("VersionsStay", ["s3:DeleteObjectVersion"], [f"{bucket}/*"]),
        _denied("BucketStays", ["s3:DeleteBucket"], [bucket]),
        # Whoever names none gets the bucket's own, so only what is named is judged.
        _denied(
            "OtherEncryption",
            ["s3:PutObject"],
            [f"{bucket}/*"],
            {"Null": {encryption: "false"}, "StringNotEquals": {encryption: "aws:kms"}},
        ),
        _denied(
            "ForeignKey",
            ["s3:PutObject"],
            [f"{bucket}/*"],
            {"Null": {own_key: "false"}, "ArnNotEquals": {own_key: key}},
        ),
    )


def key_policy(*statements: Document, partition: str, account: str) -> Document:
    """Return who may use a key: whom IAM allows it in its own account; nobody schedules its deletion at once.

    In the policy of a key, `*` as resource is that key.

    Args:
        statements: who else may.
        partition: of AWS.
        account: its number.
    """
    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"}}
    return policy_document(
        # The account itself: a key whose policy names fewer can be locked away from everybody for good.
        {"Sid": "Account", **owner, "Action": ["kms:*"], "Resource": ["*"]},
        *statements,
        _denied("KeyStays", ["kms:DisableKey", "kms:ScheduleKeyDeletion"], ["*"]),
    )


def volume_encryption(*, driver_role: str, service: str) -> list[Document]:
    """Return statements of a key's policy: the driver of volumes uses the key through EC2, and lends it to EC2.

    AWS, "Requirements for Amazon EBS encryption": creating and attaching an encrypted volume. Copies of snapshots,
    which need `kms:ReEncrypt*`, are none of the driver's work here.

    Args:
        driver_role: ARN of its role.
        service: host name of EC2, through which alone the key is used.
    """
    driver = {"Effect": "Allow", "Principal": {"AWS": driver_role}, "Resource": ["*"]}
    by_ec2 = through(service)
    uses = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"]
    return [
        {"Sid": "Volumes", **driver, "Action": uses, "Condition": by_ec2},
        {
            "Sid": "Attachments",
            **driver,
            "Action": ["kms:CreateGrant"],
            "Condition": {**by_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def allowed(sid: str, actions: list[str], resources: Iterable[str], condition: Document | None = None) -> Document:
    """Return a statement of a role's policy."""
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(resources)}
    return statement if condition is None else {**statement, "Condition": condition}


def through(service: str) -> Document:
    """Return the condition under which a key is used through one service alone."""
    return {"StringEquals": {"kms:ViaService": service}}


def _denied(sid: str, actions: list[str], resources: list[str], condition: Document | None = None) -> Document:
    denied = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": resources}
    return denied if condition is None else {**denied, "Condition": condition}


def policy_document(*statements: Document) -> Document:
    """Return statements in the language's one version."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
