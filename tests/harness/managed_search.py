"""Stack files in which AWS runs OpenSearch, from those in which its nodes are in the cluster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.harness.aws_server import Account

DOMAIN = "acme-prod-search"
VPC = "vpc-0a1b2c3d4e5f60718"
CLIENTS = "sg-0a1b2c3d4e5f60718"
SUBNETS = ("subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc")
NETWORK = "10.30.32.0/20"
"""Of all three subnets."""

MANAGED = f"""\
    managed:
      name: {DOMAIN}
      vpc: {VPC}
      subnets: [{", ".join(SUBNETS)}]
      egressCidrs: [{NETWORK}]
      clients: [{CLIENTS}]
      managers: {{nodes: 3, type: m7g.large.search}}
      data: {{nodes: 3, type: r7g.large.search, disk: 100Gi}}
      logsKept: 90d
"""


def in_a_network(account: Account) -> tuple[str, str]:
    """Give an account the network that the file names; return its own names of VPC and clients."""
    ec2 = account.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    clients = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)["GroupId"]
    account.arns |= {VPC: vpc, CLIENTS: clients}
    return vpc, clients


def managed(text: str) -> str:
    """Return a stack file with a domain in place of pools.

    Args:
        text: a stack file whose buckets are made.
    """
    before, _, after = text.partition("    pools:")
    rest = after[re.search(r"(?m)^    (?=[a-z])", after).start() :]  # type: ignore[union-attr]
    before = re.sub(r"(?m)^    image: .*opensearch.*\n", "", before)
    before = re.sub(r"(ballast:opensearch:\n    version: )[0-9.]+", r"\g<1>3.3.0", before)
    return f"{before}{MANAGED}{rest}"
