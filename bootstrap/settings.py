"""The settings of one account, read from the stack file of the bootstrap."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from components.settings.base import Settings
from components.settings.document import Document, read_document
from components.settings.explain import mistakes_in
from components.settings.matching import Matching
from components.settings.partitions import Region
from components.settings.report import Mistake, SettingsError
from components.settings.texts import BucketName, PolicyArn, RoleArn

NAMESPACE = "ballast-bootstrap"
SUFFIXES = ("-plan", "-preview")
"""What the names of GitHub's other environments of a stack end in."""

AccountId = Annotated[str, Matching("[0-9]{12}", "the number of an AWS account, 12 digits in quotes", "'111122223333'")]
Repository = Annotated[
    str,
    Matching(
        "[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9_.-]{1,100}", "a repository of GitHub, owner/name", "acme/ballast", 140
    ),
]
#: Roles are called ballast-<environment>-preview and have at most 64 characters.
Environment = Annotated[
    str,
    Matching(
        "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        "the name of a stack (lower-case letters, digits, hyphens, at most 40 characters)",
        "prod",
        40,
    ),
]
ClusterName = Annotated[
    str, Matching("[A-Za-z0-9][A-Za-z0-9_-]{0,99}", "the name of a cluster of EKS", "acme-prod", 100)
]


#: A bucket's name goes on behind it.
NamesBegin = Annotated[
    str,
    Matching(
        "[a-z0-9][a-z0-9-]{1,30}-", "how names begin (lower-case letters, digits, a hyphen at the end)", "acme-prod-"
    ),
]


class MadeSettings(Settings):
    """What an environment's stack may make in the account."""

    names: NamesBegin
    """What the names of its buckets and roles begin with; no other environment's may."""
    permissions_boundary: PolicyArn
    """Policy beyond which no role that it makes may ever go: that of ballast:aws.permissionsBoundary."""


class EnvironmentSettings(Settings):
    """One environment of the platform in the account."""

    state_bucket: BucketName
    """Bucket that Pulumi keeps the environment's states and locks in."""
    cluster: ClusterName
    """Cluster of EKS that the environment's stack is brought up on."""
    makes: MadeSettings | None = None
    """What its stack may make in AWS; left out where its stack file has no ballast:aws."""


class AccountSettings(Settings):
    """One account."""

    account: AccountId
    """Number of the account; credentials of another one are refused before anything is made."""
    region: Region
    """Region of the buckets, keys and clusters."""
    repository: Repository
    """Repository whose workflows may take on the roles."""
    administrators: Annotated[tuple[RoleArn, ...], Field(min_length=1)]
    """Roles of people: they alone may delete earlier versions of a state, or a key."""
    environments: Annotated[dict[Environment, EnvironmentSettings], Field(min_length=1)]
    """The environments by the names of their stacks."""

    @property
    def partition(self) -> str:
        """The part of AWS that the region belongs to, as ARNs name it."""
        return (
            "aws-cn" if self.region.startswith("cn-") else "aws-us-gov" if self.region.startswith("us-gov-") else "aws"
        )


def read_account(path: Path) -> AccountSettings:
    """Read the file; the engine's own copy of it has no lines to point at.

    Raises:
        SettingsError: With every mistake in the file.
    """
    document = read_document(path)
    config = document.data.get("config")
    given = config if isinstance(config, dict) else {}
    data = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in given.items() if not key.startswith("pulumi:")}
    settings, found = None, []
    try:
        # As JSON, because pydantic's strict mode takes lists for tuples only from there.
        settings = AccountSettings.model_validate_json(json.dumps(data))
        found = list(_broken_rules(settings))
    except ValidationError as error:
        found = [_about_this_file(mistake) for mistake in mistakes_in(error, AccountSettings)]
    mistakes = [*document.mistakes, *(_located(mistake, document) for mistake in found)]
    if mistakes or settings is None:
        raise SettingsError(path.name, mistakes)
    return settings


def _broken_rules(settings: AccountSettings) -> Iterator[Mistake]:
    own = f"arn:{settings.partition}:iam::{settings.account}:"
    for index, role in enumerate(settings.administrators):
        if not role.startswith(own):
            problem = f"is a role of another account or partition than {settings.account} in {settings.region}"
            yield Mistake(("administrators", index), problem, f"name a role that begins with {own}role/")
    buckets: dict[str, str] = {}
    for name, environment in settings.environments.items():
        if name.endswith(SUFFIXES):
            problem = (
                f"ends like GitHub's environments of another stack ({' or '.join(SUFFIXES)}), whose roles it would get"
            )
            yield Mistake(("environments", name), problem, "give the stack another name")
        if other := buckets.get(environment.state_bucket):
            problem = f"is the bucket of {other} too: whoever deploys one could write the state of the other"
            yield Mistake(("environments", name, "stateBucket"), problem, "name a bucket of its own")
        buckets[environment.state_bucket] = name
    yield from _names_that_are_not_its_own(settings)


def _names_that_are_not_its_own(settings: AccountSettings) -> Iterator[Mistake]:
    for name, environment in settings.environments.items():
        if environment.makes is None:
            continue
        begin, key = environment.makes.names, ("environments", name, "makes", "names")
        for other, its in settings.environments.items():
            if its.state_bucket.startswith(begin):
                problem = f"is {begin}, and so begins the state bucket of {other}: an update could change its policy"
                yield Mistake(key, problem, "write a beginning that no state bucket has")
            if other != name and its.makes is not None and its.makes.names.startswith(begin):
                problem = f"is {begin}, and so begin the names of {other}: an update of one could change the other"
                yield Mistake(key, problem, "write a beginning of its own")
        own = f"arn:{settings.partition}:iam::{settings.account}:policy/"
        if not environment.makes.permissions_boundary.startswith(own):
            problem = f"is no policy of the account {settings.account}"
            yield Mistake((*key[:-1], "permissionsBoundary"), problem, f"write one that begins with {own}")


def _about_this_file(mistake: Mistake) -> Mistake:
    """The sentence about a missing key names the page of the platform's stack files, which this is none of."""
    return (
        replace(mistake, remedy="add the key; bootstrap/Pulumi.example.yaml has each")
        if (mistake.problem.startswith("is missing"))
        else mistake
    )


def _located(mistake: Mistake, document: Document) -> Mistake:
    path = (f"{NAMESPACE}:{mistake.path[0]}", *mistake.path[1:])
    return Mistake(path, mistake.problem, mistake.remedy, document.line(("config", *path)))
