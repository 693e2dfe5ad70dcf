"""Rules of what is made in AWS: an account to make it in, one owner of each bucket, and how pods take on roles."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from components.cloud.settings import PodIdentity
from components.settings.base import NotReadError
from components.settings.bucket import BucketSettings
from components.settings.bucket_rules import buckets
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings

_CLASS: KeyPath = ("cluster", "storageClass")


def _made(stack: StackSettings) -> Iterator[tuple[KeyPath, BucketSettings]]:
    """Every bucket that the platform makes, with the path of its section."""
    for path, place in buckets(stack):
        with suppress(NotReadError):
            if place.is_made:
                yield path, place


def _what_is_made_has_an_account_and_a_region(stack: StackSettings) -> Iterator[Mistake]:
    for path, place in _made(stack):
        with suppress(NotReadError):
            if stack.aws is None:
                problem = "asks for a bucket to be made, but nothing says in which account of AWS"
                yield Mistake((*path, "made"), problem, "add ballast:aws, or write roleArn for a bucket that is there")
            elif place.region != stack.aws.region:
                problem = f"is {place.region}, but what is made is made in {stack.aws.region} (ballast:aws.region)"
                yield Mistake((*path, "region"), problem, f"write {stack.aws.region}")


def _a_storage_class_that_is_made_has_an_account_and_a_name_of_its_own(stack: StackSettings) -> Iterator[Mistake]:
    with suppress(NotReadError):
        storage_class, prefix = stack.cluster.storage_class, stack.namespace_prefix
        if storage_class.made is None:
            return
        if stack.aws is None:
            problem = "asks for a storage class to be made, but nothing says in which account of AWS its key is"
            yield Mistake((*_CLASS, "made"), problem, "add ballast:aws, or remove made and name a class that is there")
        if not storage_class.name.startswith(prefix):
            problem = (
                f"is {storage_class.name} without the prefix {prefix}: another platform could make one of that name"
            )
            yield Mistake((*_CLASS, "name"), problem, f"write {prefix}{storage_class.name}")


def _a_bucket_is_made_or_was(stack: StackSettings) -> Iterator[Mistake]:
    for path, place in _made(stack):
        with suppress(NotReadError):
            given = [name for name, it in (("roleArn", place.role_arn), ("endpoint", place.endpoint)) if it is not None]
            if given:
                problem = f"is given beside {given[0]}, which is for a bucket that somebody else has made"
                yield Mistake((*path, "made"), problem, f"remove {given[0]}, or made")


def _a_made_bucket_has_one_owner(stack: StackSettings) -> Iterator[Mistake]:
    with suppress(NotReadError):
        places = Counter(place.bucket for _, place in buckets(stack))
        for path, place in _made(stack):
            if places[place.bucket] > 1:
                problem = (
                    f"is {place.bucket}, which is named twice: a bucket that is made has one store, one role, one key"
                )
                yield Mistake((*path, "bucket"), problem, "write a name of its own")


def _pods_can_take_on_roles(stack: StackSettings) -> Iterator[Mistake]:
    aws = stack.aws
    if aws is None:
        return
    needs = {
        PodIdentity.POD_IDENTITY: ("clusterName", aws.cluster_name, "the name of the EKS cluster"),
        PodIdentity.IRSA: ("oidcProvider", aws.oidc_provider, "the cluster's OIDC issuer without https://"),
    }
    for identity, (key, value, what) in needs.items():
        if identity is aws.identity and value is None:
            yield Mistake(("aws", key), f"is missing: identity is {identity}, which needs {what}", f"write {what}")
        elif identity is not aws.identity and value is not None:
            problem = f"is given, but identity is {aws.identity}, which asks nobody for it"
            yield Mistake(("aws", key), problem, f"remove it, or write identity: {identity}")


def _arns_are_of_the_account(stack: StackSettings) -> Iterator[Mistake]:
    aws = stack.aws
    if aws is None:
        return
    arns: list[tuple[KeyPath, str | None]] = [(("aws", "permissionsBoundary"), aws.permissions_boundary)]
    with suppress(NotReadError):
        made = stack.cluster.storage_class.made
        arns += [] if made is None else [((*_CLASS, "made", "driverRole"), made.driver_role)]
    with suppress(NotReadError):
        arns += [((*path, "roleArn"), place.role_arn) for path, place in buckets(stack)]
    for path, arn in arns:
        if arn is None:
            continue
        _, partition, _, _, account, _ = arn.split(":", 5)
        if account not in (aws.account, "aws"):
            problem = f"is of the account {account}, but ballast:aws.account is {aws.account}"
            yield Mistake(path, problem, f"write arn:{aws.partition}:iam::{aws.account}:...")
        elif partition != aws.partition:
            problem = f"is in the partition {partition}, but {aws.region} is in {aws.partition}"
            yield Mistake(path, problem, f"write arn:{aws.partition}:iam::...")


def _tags_are_named_once(stack: StackSettings) -> Iterator[Mistake]:
    keys: set[str] = set()
    for index, tag in enumerate(stack.aws.tags if stack.aws is not None else ()):
        key = tag.partition("=")[0]
        if key in keys:
            yield Mistake(("aws", "tags", index), f"gives {key} a second value", "name each key once")
        keys.add(key)


CLOUD_RULES: tuple[Rule, ...] = (
    _what_is_made_has_an_account_and_a_region,
    _a_storage_class_that_is_made_has_an_account_and_a_name_of_its_own,
    _a_bucket_is_made_or_was,
    _a_made_bucket_has_one_owner,
    _pods_can_take_on_roles,
    _arns_are_of_the_account,
    _tags_are_named_once,
)
