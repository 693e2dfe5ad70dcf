"""How AWS's own service for search domains is known in policies: for one domain of one account alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.cloud.policies import policy_document

if TYPE_CHECKING:
    from components.cloud.policies import Document

DOMAINS = "es.amazonaws.com"
"""The service, in policies of all kinds."""


def only_domain(domain: str, account: str) -> Document:
    """Return the condition under which the service acts for one domain."""
    return {"ArnEquals": {"aws:SourceArn": domain}, "StringEquals": {"aws:SourceAccount": account}}


def snapshot_trust(*, domain: str, account: str) -> Document:
    """Return who may take on the role of a domain's snapshots: the service, for this domain alone.

    Args:
        domain: its ARN.
        account: its number.
    """
    service = {"Sid": "OneDomain", "Effect": "Allow", "Principal": {"Service": DOMAINS}, "Action": ["sts:AssumeRole"]}
    return policy_document({**service, "Condition": only_domain(domain, account)})
