"""Texts with a shape of their own: names, addresses and versions, each with the rule it keeps."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from components.settings.base import refuse


@dataclass(frozen=True)
class Matching:
    """Text that matches a pattern from its first to its last character.

    Attributes:
        pattern: Regular expression, also written into the JSON schema.
        rule: What the text must be, as the end of a sentence that begins with the value.
        example: A text that fits.
    """

    pattern: str
    rule: str
    example: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the pattern after pydantic made sure that it is text."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The pattern and the example, for editors."""
        return {**handler(schema), "pattern": f"^{self.pattern}$", "examples": [self.example]}

    def _check(self, value: str) -> str:
        if re.fullmatch(self.pattern, value, re.ASCII) is None:
            refuse(f"`{value}` must be {self.rule}", f"write for example {self.example}")
        return value


_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"

#: At most 20 characters: pod names add the cluster's name, a zone and an ordinal and must stay below 63.
ShortLabel = Annotated[
    str,
    Matching(
        "[a-z]([a-z0-9-]{0,18}[a-z0-9])?",
        "a short DNS label (lower-case letters, digits and hyphens, at most 20 characters)",
        "data",
    ),
]
EnvironmentName = Annotated[
    str, Matching("[A-Za-z0-9_-]+", "the name of a stack (letters, digits, hyphens, underscores)", "eu-prod")
]
ObjectName = Annotated[
    str, Matching(_SUBDOMAIN, "a Kubernetes name (lower-case letters, digits, hyphens, dots)", "gp3-retain")
]
ZoneName = Annotated[str, Matching(_LABEL, "a zone name (lower-case letters, digits, hyphens)", "eu-central-1a")]
#: A pattern may end in one star; it begins with a letter or digit so that no system index (`.opendistro…`) matches.
IndexPattern = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9._-]*\*?",
        "an index name in lower case, with at most one star and that at its end",
        "logs-*",
    ),
]
NonEmpty = Annotated[str, Matching(r"\S(.*\S)?", "text without blanks around it", "acme-prod")]
ClusterIdentity = Annotated[
    str,
    Matching(
        "local|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "the UID of the cluster's namespace kube-system, or the word local",
        "the output of: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
    ),
]
ImageName = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9._-]*(:[0-9]+/)?[a-z0-9._/-]*[a-z0-9]",
        "an image name without tag or digest (the version is a key of its own)",
        "acme/opensearch-s3",
    ),
]
MirrorPrefix = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*",
        "a registry's host and path, without scheme and without a slash at the end",
        "registry.example.com/mirror",
    ),
]
#: Qdrant makes a folder of this name; it takes more, which would have to be escaped in addresses and shells.
CollectionName = Annotated[
    str,
    Matching(
        "[A-Za-z][A-Za-z0-9_-]{0,99}",
        "a name of at most 100 letters, digits, `_` and `-` that begins with a letter",
        "documents",
    ),
]
ReleasableKey = Annotated[
    str,
    Matching(
        r"[a-z][A-Za-z]*(\.[A-Za-z0-9_-]+)*", "a key of the stack file without ballast: before it", "volumes.knowledge"
    ),
]
ImageTag = Annotated[str, Matching("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", "an image tag", "3.13-slim")]
Version = Annotated[
    str, Matching(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}", "a version of three numbers, x.y.z", "3.8.0")
]
BucketName = Annotated[
    str, Matching("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "an S3 bucket name", "acme-prod-search-snapshots")
]
Region = Annotated[str, Matching("[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region", "eu-central-1")]
BasePath = Annotated[
    str, Matching("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", "a path without a slash at either end", "opensearch")
]
RoleArn = Annotated[
    str,
    Matching(
        "arn:aws[a-z-]*:iam::[0-9]{12}:role/.*[A-Za-z0-9+=,.@_-]",
        "the ARN of an IAM role",
        "arn:aws:iam::111122223333:role/name",
    ),
]


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        refuse(f"`{value}` is not a network in CIDR form: {error}", "write for example 10.0.0.0/28")


Cidr = Annotated[str, AfterValidator(_network)]


def numbers(version: str) -> tuple[int, int, int]:
    """The three numbers of a version, which compare as versions do.

    Raises:
        ValueError: The text is not of the form x.y.z.
    """
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch
