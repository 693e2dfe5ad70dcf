"""What a search domain, its logs and its snapshots allow, as IAM's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.cloud.policies import allowed, policy_document

if TYPE_CHECKING:
    from components.cloud.policies import Document

SERVICE = "es.amazonaws.com"
"""OpenSearch Service, in policies of all kinds."""


def domain_access(domain: str) -> Document:
    """Return who may send requests to a domain: whoever reaches it.

    IAM knows nobody who logs in with a password; the security group says who reaches it, its own users what they may.

    Args:
        domain: its ARN.
    """
    anybody = {"Sid": "WhoeverLogsIn", "Effect": "Allow", "Principal": {"AWS": "*"}}
    return policy_document({**anybody, "Action": ["es:ESHttp*"], "Resource": [f"{domain}/*"]})


def snapshot_trust(*, domain: str, account: str) -> Document:
    """Return who may take on the role of a domain's snapshots: the service, for this domain alone.

    Args:
        domain: its ARN.
        account: its number.
    """
    service = {"Sid": "OneDomain", "Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": ["sts:AssumeRole"]}
    return policy_document({**service, "Condition": _only(domain, account)})


def registration(*, domain: str, repository: str, role: str) -> Document:
    """Return what registering a repository takes: the request itself, and handing the role to the service.

    Args:
        domain: ARN of the domain.
        repository: its name there.
        role: ARN of the role that reaches the bucket.
    """
    return policy_document(
        allowed("Register", ["es:ESHttpPut"], [f"{domain}/_snapshot/{repository}"]),
        allowed("HandOver", ["iam:PassRole"], [role], {"StringEquals": {"iam:PassedToService": SERVICE}}),
    )


def log_writing(*, groups: str, domain: str, account: str) -> Document:
    """Return who may write into a domain's log groups: the service, for this domain alone.

    Args:
        groups: ARN of all of them.
        domain: ARN of the domain.
        account: its number.
    """
    service = {"Sid": "OneDomain", "Effect": "Allow", "Principal": {"Service": SERVICE}}
    # Of log streams each has a name that the service makes up.
    writes = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{groups}:*"]}
    return policy_document({**service, **writes, "Condition": _only(domain, account)})


def log_encryption(*, groups: str, service: str) -> Document:
    """Return a statement of a key's policy: CloudWatch encrypts a domain's logs with it, and nothing else.

    Args:
        groups: ARN of its log groups.
        service: host name of CloudWatch Logs in the region.
    """
    uses = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    logs = {"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": service}, "Action": uses, "Resource": ["*"]}
    return {**logs, "Condition": {"StringLike": {"kms:EncryptionContext:aws:logs:arn": groups}}}


def _only(domain: str, account: str) -> Document:
    return {"ArnEquals": {"aws:SourceArn": domain}, "StringEquals": {"aws:SourceAccount": account}}
