"""What a workflow may do with what a stack declares in AWS: buckets and roles by their names, keys by their owner.

Nothing here deletes a bucket, a version of an object or a key, and no role is made without the boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.statements import allow
from components.settings.environment import OWNER

if TYPE_CHECKING:
    from bootstrap.statements import Document


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a stack makes, and where.

    Attributes:
        partition: Part of AWS, as ARNs name it.
        account: Number of the account.
        region: Region of the cluster.
        cluster: Name of the cluster.
        names: What names of buckets and roles begin with.
        boundary: ARN of the policy beyond which no role goes.
        owner: Project and stack, the tag of everything that it makes.
    """

    partition: str
    account: str
    region: str
    cluster: str
    names: str
    boundary: str
    owner: str

    @property
    def buckets(self) -> str:
        """All buckets of these names."""
        return f"arn:{self.partition}:s3:::{self.names}*"

    @property
    def roles(self) -> str:
        """All roles of these names."""
        return f"arn:{self.partition}:iam::{self.account}:role/{self.names}*"

    @property
    def keys(self) -> str:
        """All keys, in any region, because copies of buckets have theirs where they are."""
        return f"arn:{self.partition}:kms:*:{self.account}:key/*"

    @property
    def domains(self) -> str:
        """All search domains of these names."""
        return f"arn:{self.partition}:es:{self.region}:{self.account}:domain/{self.names}*"

    @property
    def logs(self) -> str:
        """All groups of logs of these domains."""
        return f"arn:{self.partition}:logs:{self.region}:{self.account}:log-group:/ballast/{self.names}*"

    @property
    def associations(self) -> str:
        """All associations of Pod Identity in the cluster."""
        return f"arn:{self.partition}:eks:{self.region}:{self.account}:podidentityassociation/{self.cluster}/*"


def looking(made: Made) -> list[Document]:
    """Return what a refresh needs: it compares what is there with what was declared."""
    own = {"StringEquals": {f"aws:ResourceTag/{OWNER}": made.owner}}
    settings = ["GetAccelerateConfiguration", "GetEncryptionConfiguration", "GetLifecycleConfiguration"]
    # Settings of a bucket, one action for each; objects are read by none of them.
    buckets = ["s3:GetBucket*", *(f"s3:{one}" for one in (*settings, "GetReplicationConfiguration", "ListBucket"))]
    policies = ["iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
    keys = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
    return [
        allow("LookAtBuckets", buckets, made.buckets),
        allow("LookAtRoles", ["iam:GetRole", *policies], made.roles),
        allow("LookAtKeys", keys, made.keys, own),
        allow("LookAtAssociations", ["eks:DescribePodIdentityAssociation"], made.associations),
    ]


def making(made: Made) -> list[Document]:
    """Return what an update needs besides."""
    names = ["BucketObjectLockConfiguration", "BucketOwnershipControls", "BucketPolicy", "BucketPublicAccessBlock"]
    names += ["BucketTagging", "BucketVersioning", "EncryptionConfiguration", "LifecycleConfiguration"]
    buckets = ["s3:CreateBucket", *(f"s3:Put{name}" for name in (*names, "ReplicationConfiguration"))]
    keys = ["kms:DisableKeyRotation", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:UpdateKeyDescription"]
    bounded = {"ArnEquals": {"iam:PermissionsBoundary": made.boundary}}
    passed = {"StringEquals": {"iam:PassedToService": ["pods.eks.amazonaws.com", "s3.amazonaws.com"]}}
    changed = ["iam:DeleteRole", "iam:TagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"]
    cluster = f"arn:{made.partition}:eks:{made.region}:{made.account}:cluster/{made.cluster}"
    given = {"StringEquals": {f"aws:RequestTag/{OWNER}": made.owner}}
    own = {"StringEquals": {f"aws:ResourceTag/{OWNER}": made.owner}}
    return [
        allow("MakeBuckets", buckets, made.buckets),
        # A key that is to be made has no name yet; only one that gets the stack's tag may be.
        allow("MakeKeys", ["kms:CreateKey"], "*", given),
        allow("TagKeys", ["kms:TagResource"], made.keys, given),
        allow("ChangeKeys", keys, made.keys, own),
        allow("MakeRoles", ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"], made.roles, bounded),
        allow("ChangeRoles", changed, made.roles),
        allow("HandOverRoles", ["iam:PassRole"], made.roles, passed),
        allow("MakeAssociations", ["eks:CreatePodIdentityAssociation"], cluster),
        allow(
            "ChangeAssociations",
            ["eks:DeletePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"],
            made.associations,
        ),
    ]
