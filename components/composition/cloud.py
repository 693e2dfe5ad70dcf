"""What stores stand on in AWS: for each bucket that is to be made, the bucket with its key, and a role for its pods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi import ResourceOptions

from components.cloud.settings import PodIdentity
from components.settings.stack import NAMESPACE
from components.settings.stores import stores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pulumi import Resource

    from components.composition.context import PlatformContext
    from components.settings.snapshots import MadeBucketSettings, SnapshotBucketSettings
    from components.settings.stack import StackSettings
    from components.settings.store import StoreDescription


def compose_cloud(context: PlatformContext) -> PlatformContext:
    """Declare what is to be made, and return the context in which everything waits for it."""
    aws = context.stack.aws
    if aws is None:
        return context
    # Whoever has nothing in AWS does not pay for its SDK.
    from components.cloud.account import account_provider  # noqa: PLC0415
    from components.cloud.pod_role import PodRole, PodRoleArgs  # noqa: PLC0415
    from components.cloud.policies import Account  # noqa: PLC0415
    from components.cloud.snapshot_bucket import SnapshotBucket, SnapshotBucketArgs  # noqa: PLC0415
    from components.cloud.volume_class import VolumeClass, VolumeClassArgs  # noqa: PLC0415

    provider = account_provider(aws, f"{NAMESPACE}/{context.environment}", context.inside)
    inside = ResourceOptions.merge(context.inside, ResourceOptions(providers=[provider]))
    waited_for: list[Resource] = []
    storage_class = context.stack.cluster.storage_class
    if storage_class.made is not None:
        volumes = VolumeClassArgs(
            name=storage_class.name,
            driver_role=storage_class.made.driver_role,
            aws=aws,
            protection=context.protection,
        )
        waited_for.append(VolumeClass("volumes", volumes, opts=inside))
    for store, place, made in _made(context.stack):
        name = f"{store.prefix}-snapshots"
        bucket = SnapshotBucket(
            name,
            SnapshotBucketArgs(
                bucket=place.bucket,
                aws=aws,
                recovery=store.settings.recovery,
                recoverable_for=made.recoverable_for,
                protection=context.protection,
            ),
            opts=inside,
        )
        role = PodRole(
            name,
            PodRoleArgs(
                aws=aws,
                account=Account(namespace=str(store.kind.namespace), name=store.archive_account),
                bucket=bucket,
                place=place,
                lists_uploads=store.kind.snapshots_by_jobs,
                protection=context.protection,
            ),
            opts=inside,
        )
        waited_for += [bucket, role]
    return replace(context, inside=ResourceOptions.merge(context.inside, ResourceOptions(depends_on=waited_for)))


def _made(stack: StackSettings) -> Iterator[tuple[StoreDescription, SnapshotBucketSettings, MadeBucketSettings]]:
    """Every store whose bucket is to be made, with its place and what is promised of it."""
    for store in stores(stack):
        place = store.settings.snapshots.s3
        if place is not None and place.made is not None:
            yield store, place, place.made


def with_made_roles(stack: StackSettings) -> StackSettings:
    """Return the settings in which each bucket that is made names its role, where pods are told theirs."""
    aws = stack.aws
    if aws is None or aws.identity is not PodIdentity.IRSA:
        return stack
    for store, place, _ in list(_made(stack)):
        named = place.model_copy(update={"role_arn": aws.role_arn(place.bucket)})
        stack = _with_place(stack, store.path, named)
    return stack


def _with_place(stack: StackSettings, path: Sequence[str], place: SnapshotBucketSettings) -> StackSettings:
    section, *names = path
    old = getattr(stack, section)
    store = old[names[0]] if names else old
    new = store.model_copy(update={"snapshots": store.snapshots.model_copy(update={"s3": place})})
    return stack.model_copy(update={section: {**old, names[0]: new} if names else new})
