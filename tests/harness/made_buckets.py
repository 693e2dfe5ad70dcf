"""Stack files whose buckets the platform makes itself, from those in which somebody else made them."""

from __future__ import annotations

import re

ACCOUNT = "123456789012"
"""That of a moto server."""

IRSA = "identity: irsa\n    oidcProvider: oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF0123456789"
DRIVER = f"arn:aws:iam::{ACCOUNT}:role/acme-prod-volumes"
POD_IDENTITY = "identity: podIdentity\n    clusterName: acme-prod"


def made(text: str, identity: str = IRSA) -> str:
    """Return a stack file in which every bucket is made, each by another name.

    Args:
        text: a stack file.
        identity: lines of `ballast:aws` on how pods take on roles.
    """
    aws = (
        f'  ballast:aws:\n    account: "{ACCOUNT}"\n    region: eu-central-1\n    {identity}\n'
        f'    permissionsBoundary: "arn:aws:iam::{ACCOUNT}:policy/platform"\n    tags: [cost-centre=platform]\n\n'
    )
    text = text.replace("111122223333", ACCOUNT)
    text = re.sub(r'(?m)^( +)roleArn: "arn:aws:iam.*$', r"\1made: {recoverableFor: 14d}", text)
    # Chroma and the volume share a bucket that somebody else made; one that is made has one owner.
    head, tail = text.split("  ballast:volumes:\n")
    tail = tail.replace("acme-prod-database-snapshots", "acme-prod-knowledge-snapshots")
    head = head.replace("{name: gp3-retain}", f"{{name: gp3-retain, made: {{driverRole: {DRIVER}}}}}")
    return f"{head}{aws}  ballast:volumes:\n{tail}"


def moved(text: str, reached: str) -> str:
    """Return a stack file in which Loki writes to another bucket from a day on.

    Args:
        text: a stack file.
        reached: the line of that bucket which says who made it.
    """
    before, _, after = text.partition("      basePath: loki\n")
    end = after.index("\n\n")
    period = (
        '\n    periods:\n      later:\n        from: "2099-01-01"\n        s3:\n          bucket: acme-prod-more-logs\n'
        f"          region: eu-central-1\n          basePath: loki\n          {reached}\n"
        "          egressCidrs: [10.30.16.0/20]"
    )
    return f"{before}      basePath: loki\n{after[:end]}{period}{after[end:]}"


def reached_by(text: str, bucket: str, how: str) -> str:
    """Return a stack file in which one bucket is reached in another way.

    Args:
        text: a stack file whose buckets are made.
        bucket: its name.
        how: the line in place of `made`.
    """
    before, _, after = text.partition(f"bucket: {bucket}\n")
    return f"{before}bucket: {bucket}\n" + re.sub(r"made: .*", how, after, count=1)


def copied(text: str) -> str:
    """Return a stack file in which what OpenSearch and Qdrant have is copied, and Qdrant's is locked.

    Args:
        text: a stack file whose buckets are made.
    """
    for store, more in (("opensearch", ""), ("qdrant", ", lock: governance")):
        bucket = f"acme-prod-{store}-snapshots"
        text = reached_by(text, bucket, f"made: {{recoverableFor: 14d, replica: {bucket}-copy{more}}}")
    return text.replace("    tags: [", "    replicaRegion: eu-west-1\n    tags: [")
