"""What S3 may do when it copies one bucket to another, as IAM's documents (AWS, "Setting up permissions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.cloud.policies import allowed, policy_document, through

if TYPE_CHECKING:
    from components.cloud.policies import Document


def replication_trust(*, bucket: str, account: str) -> Document:
    """Return who may take on the role: S3 itself, for one bucket of one account.

    Args:
        bucket: ARN of the source.
        account: its number.
    """
    return policy_document(
        {
            "Sid": "OneBucket",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {"ArnEquals": {"aws:SourceArn": bucket}, "StringEquals": {"aws:SourceAccount": account}},
        }
    )


def replication_rights(
    *, buckets: tuple[str, str], keys: tuple[str, str], services: tuple[str, str], locked: bool
) -> Document:
    """Return what it may do: read versions in the source, write copies; each key through S3 in its own region.

    Args:
        buckets: ARNs of source and copy.
        keys: ARNs of their keys.
        services: host names of S3 in their regions.
        locked: whether objects have a lock, which is copied with them.
    """
    source, copy = buckets
    read = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    lock = ["s3:GetObjectLegalHold", "s3:GetObjectRetention"] if locked else []
    write = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    return policy_document(
        allowed("Source", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [source]),
        # A copy is of any object of the bucket.
        allowed("Versions", [*read, *lock], [f"{source}/*"]),
        allowed("Copies", write, [f"{copy}/*"]),
        allowed("Decryption", ["kms:Decrypt"], [keys[0]], through(services[0])),
        allowed("Encryption", ["kms:Encrypt", "kms:GenerateDataKey"], [keys[1]], through(services[1])),
    )
