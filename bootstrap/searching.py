"""What a workflow may do with a search domain that a stack declares: make and change it, and never delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.statements import allow
from components.settings.environment import OWNER

if TYPE_CHECKING:
    from bootstrap.making import Made
    from bootstrap.statements import Document


def looking_at_domains(made: Made) -> list[Document]:
    """Return what a refresh needs."""
    return [
        allow("LookAtDomains", ["es:DescribeDomain", "es:DescribeDomainConfig", "es:ListTags"], made.domains),
        # AWS knows nothing narrower for these.
        allow(
            "LookAround",
            [
                "ec2:DescribeSecurityGroupRules",
                "ec2:DescribeSecurityGroups",
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
            ],
            "*",
        ),
        allow("LookAtLogs", ["logs:ListTagsForResource"], made.logs),
    ]


def making_domains(made: Made) -> list[Document]:
    """Return what an update needs besides."""
    groups, where = (
        f"arn:{made.partition}:ec2:{made.region}:{made.account}:security-group/*",
        f"{made.region}:{made.account}",
    )
    given = {"StringEquals": {f"aws:RequestTag/{OWNER}": made.owner}}
    own = {"StringEquals": {f"aws:ResourceTag/{OWNER}": made.owner}}
    rules = ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"]
    return [
        allow(
            "MakeDomains", ["es:AddTags", "es:CreateDomain", "es:UpdateDomainConfig", "es:UpgradeDomain"], made.domains
        ),
        # The service encrypts with a key for which whoever makes the domain gives it a grant.
        allow("LendKeys", ["kms:CreateGrant"], made.keys, {**own, "Bool": {"kms:GrantIsForAWSResource": "true"}}),
        allow(
            "MakeLogs",
            ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"],
            made.logs,
        ),
        # A policy of logs has no name of AWS's own.
        allow("LetLogsBeWritten", ["logs:PutResourcePolicy"], "*"),
        allow("MakeGroups", ["ec2:CreateSecurityGroup", "ec2:CreateTags"], groups, given),
        allow("InNetworks", ["ec2:CreateSecurityGroup"], f"arn:{made.partition}:ec2:{where}:vpc/*"),
        allow("ChangeGroups", [f"ec2:{one}" for one in rules], groups, own),
    ]
