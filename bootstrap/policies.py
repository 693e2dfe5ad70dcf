"""The policies of an account's foundation, as plain documents: who may take on a role, and what it may do then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.making import Made, looking, making
from bootstrap.searching import looking_at_domains, making_domains
from bootstrap.statements import allow

if TYPE_CHECKING:
    from bootstrap.statements import Document

TOKENS = "token.actions.githubusercontent.com"
"""Who signs the tokens of GitHub's workflows."""
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an environment stands.

    Attributes:
        partition: Part of AWS, as ARNs name it.
        account: Number of the account.
        region: Region.
        bucket: Name of its state bucket.
        cluster: Name of its cluster.
        made: What its stack makes in AWS, if anything.
    """

    partition: str
    account: str
    region: str
    bucket: str
    cluster: str
    made: Made | None = None

    @property
    def bucket_arn(self) -> str:
        """The state bucket."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def cluster_arn(self) -> str:
        """The cluster."""
        return f"arn:{self.partition}:eks:{self.region}:{self.account}:cluster/{self.cluster}"


def trust(provider: str, repository: str, github_environment: str) -> Document:
    """Who may take on a role: jobs in one environment of one repository. GitHub's rules say which branch comes there.

    Args:
        provider: ARN of the OIDC provider.
        repository: owner/name.
        github_environment: The environment in the repository's settings.
    """
    return _document(
        {
            "Sid": "JobsOfOneEnvironment",
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {
                "StringEquals": {
                    f"{TOKENS}:aud": AUDIENCE,
                    f"{TOKENS}:sub": f"repo:{repository}:environment:{github_environment}",
                }
            },
        }
    )


def reading(place: Place, key: str) -> Document:
    """What a preview needs: the state, its secrets, and the address of the cluster."""
    return _document(*_reading(place), allow("OpenSecrets", ["kms:Decrypt"], key))


def comparing(place: Place, key: str) -> Document:
    """What the nightly comparison needs besides: it notes at the stack whether there is drift, and writes no state."""
    return _document(
        *_reading(place),
        # Taking a stack's last tag away deletes the object that holds them.
        allow("NoteDrift", ["s3:PutObject", "s3:DeleteObject"], f"{place.bucket_arn}/.pulumi/stacks/*.pulumi-tags"),
        # What is written to the bucket is encrypted with this key.
        allow("OpenSecretsAndWrite", ["kms:Decrypt", "kms:GenerateDataKey"], key),
    )


def deploying(place: Place, key: str) -> Document:
    """What an update needs besides: it writes the state, and its locks, which it deletes."""
    return _document(
        *_reading(place),
        allow("WriteState", ["s3:PutObject", "s3:DeleteObject"], f"{place.bucket_arn}/*"),
        allow("OpenAndCloseSecrets", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], key),
        *((*making(place.made), *making_domains(place.made)) if place.made else ()),
    )


def state_bucket(place: Place, administrators: tuple[str, ...]) -> Document:
    """What nobody may do with states, whatever else allows it."""
    both = [place.bucket_arn, f"{place.bucket_arn}/*"]
    ending = ["s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"]
    return _document(
        _deny("NoPlainHttp", ["s3:*"], both, {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("EarlierVersionsStay", ending, both, _anybody_but(administrators)),
    )


def key_of_environment(place: Place, administrators: tuple[str, ...]) -> Document:
    """Who may use the key is said by the roles' own policies; who may end it is said here."""
    root = f"arn:{place.partition}:iam::{place.account}:root"
    return _document(
        # In the policy of a key * is that key.
        {"Sid": "RolesSayWho", "Effect": "Allow", "Principal": {"AWS": root}, "Action": ["kms:*"], "Resource": ["*"]},
        _deny("KeyStays", ["kms:DisableKey", "kms:ScheduleKeyDeletion"], ["*"], _anybody_but(administrators)),
    )


def _reading(place: Place) -> list[Document]:
    return [
        allow("ListStates", ["s3:ListBucket"], place.bucket_arn),
        allow("ReadStates", ["s3:GetObject"], f"{place.bucket_arn}/*"),
        allow("FindCluster", ["eks:DescribeCluster"], place.cluster_arn),
        *((*looking(place.made), *looking_at_domains(place.made)) if place.made else ()),
    ]


def _anybody_but(administrators: tuple[str, ...]) -> Document:
    return {"ArnNotEquals": {"aws:PrincipalArn": list(administrators)}}


def _deny(sid: str, actions: list[str], resources: list[str], condition: Document) -> Document:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": resources,
        "Condition": condition,
    }


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
