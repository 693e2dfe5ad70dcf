"""Rules that every bucket keeps alike: at AWS or elsewhere, reached by whom and how, and whose folder it is."""

import re
from collections.abc import Iterator
from contextlib import suppress

from components.settings.base import NotReadError
from components.settings.bucket import BucketSettings
from components.settings.environment import Tier
from components.settings.fields import values
from components.settings.partitions import partition_of
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.texts import REGION


def _roles_are_of_the_buckets_partition(stack: StackSettings) -> Iterator[Mistake]:
    for path, place in buckets(stack):
        with suppress(NotReadError):
            if place.role_arn is None:
                continue
            partition = partition_of(place.region)
            given = place.role_arn.split(":")[1]
            if given != partition:
                problem = f"is in the partition {given}, but {place.region} is in {partition}, which knows no such role"
                yield Mistake((*path, "roleArn"), problem, f"write arn:{partition}:iam::...")


def buckets(stack: StackSettings) -> Iterator[tuple[KeyPath, BucketSettings]]:
    """Every folder in a bucket that something owns, with the path of its section."""
    for given in values(stack):
        if isinstance(given.value, BucketSettings):
            yield given.path, given.value


def _no_folder_has_two_owners(stack: StackSettings) -> Iterator[Mistake]:
    owners: dict[tuple[str, ...], str] = {}
    for path, place in buckets(stack):
        with suppress(NotReadError):
            folder = (place.bucket, *place.base_path.split("/"))
            # What a program wrote before and after a move is its own.
            own = path[: path.index("periods")] if "periods" in path else path
            whose = ".".join(str(key) for key in own if key not in ("snapshots", "s3"))
            for other, owner in owners.items():
                if owner != whose and other[: len(folder)] == folder[: len(other)]:
                    yield Mistake(
                        (*path, "basePath"),
                        f"{'/'.join(folder)} is, holds or lies in the folder of {owner}: each of the two would delete "
                        "what the other keeps as too old",
                        "write a folder or a bucket of its own",
                    )
                    break
            owners[folder] = whose


def _a_bucket_at_aws_is_reached_with_a_role(stack: StackSettings) -> Iterator[Mistake]:
    for path, place in buckets(stack):
        with suppress(NotReadError):
            if place.endpoint is not None:
                continue
            if re.fullmatch(REGION, place.region) is None:
                yield Mistake(
                    (*path, "region"),
                    f"is {place.region}, which is no AWS region",
                    "write for example eu-central-1, or the endpoint of a storage that is not AWS's",
                )
            if place.role_arn is None and not place.is_made:
                problem = "is missing: at AWS pods take on a role, and no key is stored"
                remedy = "write the ARN of an IAM role, or the endpoint of a storage that is not AWS's"
                yield Mistake((*path, "roleArn"), problem, remedy)
            if place.namespace is not None:
                problem = f"is {place.namespace}, but without an endpoint the bucket is AWS's"
                yield Mistake((*path, "namespace"), problem, "remove it, or write endpoint")
            elif not place.egress_cidrs:
                problem = "is missing: nothing leaves a namespace unless its network is named"
                yield Mistake(
                    (*path, "egressCidrs"), problem, "write the networks of the VPC's endpoints for S3 and STS"
                )


def _a_bucket_elsewhere_is_reached_with_keys(stack: StackSettings) -> Iterator[Mistake]:
    for path, place in buckets(stack):
        with suppress(NotReadError):
            if place.endpoint is None:
                continue
            if place.role_arn is not None:
                problem = f"is given beside the endpoint {place.endpoint}, which knows no roles of AWS"
                remedy = (
                    "remove it (the secrets objectStoreAccessKey and objectStoreSecretKey open the bucket), or endpoint"
                )
                yield Mistake((*path, "roleArn"), problem, remedy)
            if place.is_plain and stack.tier == Tier.PROD:
                problem = (
                    f"is {place.endpoint}, without TLS: whoever listens reads all data and the key that deletes it"
                )
                yield Mistake((*path, "endpoint"), problem, "write https://")
            if (place.namespace is None) == (not place.egress_cidrs):
                given = "neither" if place.namespace is None else "both"
                yield Mistake(
                    path,
                    f"must have exactly one of egressCidrs and namespace beside endpoint, but has {given}",
                    "write egressCidrs: [...] with its networks, or namespace: with that of its pods",
                )


def _an_endpoint_stands_in_its_namespace(stack: StackSettings) -> Iterator[Mistake]:
    for path, place in buckets(stack):
        with suppress(NotReadError):
            found = re.search(r"\.([a-z0-9-]+)\.svc(\.|:|$)", place.host)
            if place.endpoint is None or found is None:
                continue
            if place.namespace is None:
                problem = f"is missing, but {place.endpoint} is a Service, whose pods no network leads to"
                yield Mistake((*path, "namespace"), problem, f"write {found[1]} in place of egressCidrs")
            elif place.namespace != found[1]:
                problem = f"is {place.namespace}, but {place.endpoint} stands in {found[1]}"
                yield Mistake((*path, "namespace"), problem, f"write {found[1]}")


def _one_pair_of_keys_opens_one_storage(stack: StackSettings) -> Iterator[Mistake]:
    first: tuple[str, KeyPath] | None = None
    for path, place in buckets(stack):
        with suppress(NotReadError):
            if place.endpoint is None:
                continue
            first = first or (place.endpoint, path)
            if place.endpoint != first[0]:
                yield Mistake(
                    (*path, "endpoint"),
                    f"is {place.endpoint}, but that of {'.'.join(map(str, first[1]))} is {first[0]}, and one pair of "
                    "keys is shown to both",
                    f"write {first[0]}",
                )


def _an_authority_is_asked_for(stack: StackSettings) -> Iterator[Mistake]:
    asked = [place for _, place in buckets(stack) if place.endpoint is not None and not place.is_plain]
    if stack.object_store_authority is not None and not asked:
        problem = (
            "is given, but no bucket has an endpoint with https://, and AWS's certificates are of public authorities"
        )
        yield Mistake(("objectStoreAuthority",), problem, "remove it, or write endpoint: https://...")


BUCKET_RULES: tuple[Rule, ...] = (
    _roles_are_of_the_buckets_partition,
    _no_folder_has_two_owners,
    _a_bucket_at_aws_is_reached_with_a_role,
    _a_bucket_elsewhere_is_reached_with_keys,
    _an_endpoint_stands_in_its_namespace,
    _one_pair_of_keys_opens_one_storage,
    _an_authority_is_asked_for,
)
