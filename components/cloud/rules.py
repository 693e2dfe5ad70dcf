"""Rules of what is made in AWS: an account to make it in, one owner of each bucket, and how pods take on roles."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from components.cloud.settings import PodIdentity
from components.settings.base import NotReadError
from components.settings.bucket import BucketSettings
from components.settings.bucket_rules import buckets
from components.settings.partitions import partition_of
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.stores import STORE_KINDS

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
        names = Counter(place.bucket for _, place in buckets(stack))
        names.update(replica for _, replica in _replicas(stack))
        for path, place in _made(stack):
            if names[place.bucket] > 1:
                problem = (
                    f"is {place.bucket}, which is named twice: a bucket that is made has one store, one role, one key"
                )
                yield Mistake((*path, "bucket"), problem, "write a name of its own")
        for path, replica in _replicas(stack):
            if names[replica] > 1:
                problem = f"is {replica}, which is named twice: a bucket that is made is a copy of one other"
                yield Mistake(path, problem, "write a name of its own")


def _replicas(stack: StackSettings) -> Iterator[tuple[KeyPath, str]]:
    """Every bucket that is a copy of another, with the path of its key."""
    for path, place in _made(stack):
        with suppress(NotReadError):
            if place.made is not None and place.made.replica is not None:
                yield (*path, "made", "replica"), place.made.replica


def _copies_stand_in_another_region(stack: StackSettings) -> Iterator[Mistake]:
    aws = stack.aws
    if aws is None:
        return
    replicas, key = list(_replicas(stack)), ("aws", "replicaRegion")
    if aws.replica_region is None:
        for path, replica in replicas:
            problem = f"is {replica}, but nothing says in which region (ballast:aws.replicaRegion)"
            yield Mistake(path, problem, "write ballast:aws.replicaRegion, or remove it")
        return
    if not replicas:
        problem = f"is {aws.replica_region}, but no bucket has a copy there"
        yield Mistake(key, problem, "write made.replica in the section of a bucket, or remove it")
    if aws.replica_region == aws.region:
        problem = f"is {aws.region}, where the buckets are: a copy would be lost together with what it is a copy of"
        yield Mistake(key, problem, "write another region")
    elif partition_of(aws.replica_region) != aws.partition:
        problem = f"is in {partition_of(aws.replica_region)}, but {aws.region} is in {aws.partition}, which copies none"
        yield Mistake(key, problem, f"write another region of {aws.partition}")


def _only_whole_sets_are_locked(stack: StackSettings) -> Iterator[Mistake]:
    # Jobs write each file of a set once, and delete it when its time is over. Nodes that take snapshots themselves
    # write their list of them anew each time, and stores of telemetry their index (docs/decisions/0054).
    whole = {kind.section for kind in STORE_KINDS if kind.snapshots_by_jobs}
    for path, place in _made(stack):
        with suppress(NotReadError):
            if place.made is None or place.made.lock is None or path[0] in whole:
                continue
            problem = (
                f"is {place.made.lock}, but {path[0]} writes some of its objects anew all the time: every version of "
                "them would stay, and be paid for, until its lock is over"
            )
            yield Mistake((*path, "made", "lock"), problem, "remove it; earlier versions stay for recoverableFor")


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
    _copies_stand_in_another_region,
    _only_whole_sets_are_locked,
    _pods_can_take_on_roles,
    _arns_are_of_the_account,
    _tags_are_named_once,
)
