"""A region of AWS, and the part of AWS it belongs to: ARNs begin with it, and no role of one is known in another."""

import re
from typing import Annotated

from components.settings.matching import Matching
from components.settings.texts import REGION

Region = Annotated[str, Matching(REGION, "an AWS region", "eu-central-1", longest=25)]

#: By how a region's name begins; all others are in `aws`.
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "us-iso": "aws-iso", "us-isob": "aws-iso-b"}
_PARTITIONS |= {"us-isof": "aws-iso-f", "eu-isoe": "aws-iso-e", "eusc-de": "aws-eusc"}


def partition_of(region: str) -> str:
    """The partition of a region."""
    return _PARTITIONS.get(re.split("-(?:central|north|south|east|west)", region)[0], "aws")
