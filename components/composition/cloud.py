"""What programs stand on in AWS: each bucket that is to be made, its key, and a role for the pods that reach it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pulumi import Output, ResourceOptions

from components.cloud.settings import PodIdentity
from components.settings.bucket import ObjectLock
from components.settings.bucket_rules import buckets
from components.settings.environment import owner_of
from components.settings.quantities import Duration
from components.settings.recovery import DAY
from components.settings.stores import stores
from components.settings.telemetry_namespaces import NAMESPACE as TELEMETRY
from components.stores.opensearch.settings import NAMESPACE as SEARCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pulumi import ProviderResource, Resource

    from components.cloud.data_bucket import DataBucket
    from components.cloud.settings import AwsSettings
    from components.composition.context import PlatformContext
    from components.settings.bucket import BucketSettings
    from components.settings.platform_name import PlatformName
    from components.settings.report import KeyPath
    from components.settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class _Owner:
    """A program whose buckets are to be made.

    Attributes:
        name: what its resources are called.
        namespace: of its pods.
        account: their service account, as it is called in the cluster.
        domain: ARN of the search domain that takes on the role in place of pods, where AWS runs the store.
        places: its buckets, by the keys of their sections; the first one gives the role its name.
        needed_for: how long at least what it deleted may still be needed.
        written_within: how long it may write one object.
        ends_uploads: whether it ends uploads that it began.
        lists_uploads: whether it looks for those that others left.
    """

    name: str
    namespace: PlatformName
    account: str
    domain: str | None = None
    places: Mapping[KeyPath, BucketSettings]
    needed_for: Duration
    written_within: Duration
    ends_uploads: bool
    lists_uploads: bool

    @property
    def role(self) -> str:
        """Name of the role of its pods: that of a bucket, which nobody else in the world has."""
        return next(iter(self.places.values())).bucket

    def named(self, path: KeyPath) -> str:
        """What the resources of one of its buckets are called."""
        return f"{self.name}-{path[path.index('periods') + 1]}" if "periods" in path else self.name


def compose_cloud(context: PlatformContext) -> PlatformContext:
    """Declare what is to be made, and return the context in which everything waits for it."""
    aws = context.stack.aws
    if aws is None:
        return context
    # Whoever has nothing in AWS does not pay for its SDK.
    from components.cloud.account import account_provider  # noqa: PLC0415
    from components.cloud.volume_class import VolumeClass, VolumeClassArgs  # noqa: PLC0415

    owner_tag = owner_of(context.environment)
    provider = account_provider("aws", aws, owner_tag, context.inside)
    there = None
    if aws.replica_region is not None:
        there = account_provider("aws-replica", aws.at(aws.replica_region), owner_tag, context.inside)
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
    for owner in _owners(context.stack):
        waited_for += _declared(owner, replace(context, inside=inside), there)
    after = replace(context, inside=ResourceOptions.merge(context.inside, ResourceOptions(depends_on=waited_for)))
    if context.stack.opensearch.managed is None:
        return after
    from components.composition.search_domain import compose_search_domain  # noqa: PLC0415

    # Nobody else waits for it: AWS takes half an hour to make one.
    return replace(after, search_domain=compose_search_domain(replace(after, inside=inside)))


def _declared(owner: _Owner, context: PlatformContext, there: ProviderResource | None) -> Iterator[Resource]:
    from components.cloud.data_bucket import DataBucket, DataBucketArgs  # noqa: PLC0415
    from components.cloud.domain_policies import snapshot_trust  # noqa: PLC0415
    from components.cloud.pod_role import PodRole, PodRoleArgs  # noqa: PLC0415
    from components.cloud.policies import Account  # noqa: PLC0415
    from components.cloud.replica import Replica, ReplicaArgs  # noqa: PLC0415
    from components.cloud.roles import RoleArgs, role_with_policy  # noqa: PLC0415

    aws, inside = context.stack.aws, context.inside
    assert aws is not None  # noqa: S101 - or nothing would be made
    made: list[DataBucket] = []
    for path, place in owner.places.items():
        promised = place.made
        assert promised is not None  # noqa: S101 - what places are
        args = DataBucketArgs(
            bucket=place.bucket,
            aws=aws,
            role=aws.role_arn(owner.role),
            recoverable_for=max(owner.needed_for, promised.recoverable_for),
            written_within=owner.written_within,
            locked_for=owner.needed_for if promised.lock is ObjectLock.GOVERNANCE else None,
            protection=context.protection,
        )
        made.append(DataBucket(owner.named(path), args, opts=inside))
        if promised.replica is not None and there is not None:
            copy = replace(
                args,
                bucket=promised.replica,
                aws=aws.at(str(aws.replica_region)),
                role=aws.role_arn(promised.replica),
            )
            replica = ReplicaArgs(source=made[-1], source_name=place.bucket, replica=copy, aws=aws, provider=there)
            yield Replica(owner.named(path), replica, opts=inside)
    yield from made
    access = _access(owner, aws, made)
    if owner.domain is not None:
        snapshots = RoleArgs(
            aws=aws,
            name=owner.role,
            description=f"Snapshots of {owner.domain}",
            trust=snapshot_trust(domain=owner.domain, account=aws.account),
            policy="bucket",
            access=access,
            protection=context.protection,
        )
        yield from role_with_policy(owner.name, snapshots, inside)
        return
    account = Account(namespace=str(owner.namespace), name=owner.account)
    role = PodRoleArgs(
        aws=aws, name=owner.role, account=account, policy="bucket", access=access, protection=context.protection
    )
    yield PodRole(owner.name, role, opts=inside)


def _access(owner: _Owner, aws: AwsSettings, made: Sequence[DataBucket]) -> Output[str]:
    """What the role of a program may do with its buckets, as JSON."""
    from components.cloud.policies import folder_access  # noqa: PLC0415

    folders = {bucket.arn: place.base_path for bucket, place in zip(made, owner.places.values(), strict=True)}
    return Output.all(*(bucket.key_arn for bucket in made)).apply(
        lambda keys: json.dumps(
            folder_access(
                folders=folders,
                keys=keys,
                service=aws.host("s3"),
                ends_uploads=owner.ends_uploads,
                lists_uploads=owner.lists_uploads,
            )
        )
    )


def _owners(stack: StackSettings) -> Iterator[_Owner]:
    """Every program of which at least one bucket is to be made."""
    made = {path: place for path, place in buckets(stack) if place.is_made}
    for store in stores(stack):
        if places := _below(store.path, made):
            yield _Owner(
                name=f"{store.prefix}-snapshots",
                namespace=store.kind.namespace,
                account=store.archive_account,
                domain=_domain(stack) if store.kind.namespace == SEARCH else None,
                places=places,
                needed_for=store.settings.recovery.retention,
                # A snapshot that takes longer is too late.
                written_within=store.settings.recovery.recovery_point,
                ends_uploads=True,
                lists_uploads=store.kind.snapshots_by_jobs,
            )
            made = {path: place for path, place in made.items() if path not in places}
    # What is no store's is of a store of telemetry, which is called like its section, and so is its account.
    for section in dict.fromkeys(str(path[0]) for path in made):
        # They write one object within minutes, and need nothing that they deleted.
        yield _Owner(
            name=section,
            namespace=TELEMETRY,
            account=section,
            places=_below((section,), made),
            needed_for=Duration(0),
            written_within=Duration(DAY),
            ends_uploads=False,
            lists_uploads=False,
        )


def _domain(stack: StackSettings) -> str | None:
    managed, aws = stack.opensearch.managed, stack.aws
    return None if managed is None or aws is None else aws.domain_arn(managed.name)


def _below(section: Sequence[str], made: Mapping[KeyPath, BucketSettings]) -> dict[KeyPath, BucketSettings]:
    return {path: place for path, place in made.items() if path[: len(section)] == tuple(section)}


def with_made_roles(stack: StackSettings) -> StackSettings:
    """Return the settings in which each bucket that is made names its role, where pods or a domain are told theirs."""
    aws = stack.aws
    if aws is None:
        return stack
    for owner in list(_owners(stack)):
        if aws.identity is not PodIdentity.IRSA and owner.domain is None:
            continue
        for path, place in owner.places.items():
            stack = _with(stack, path, place.model_copy(update={"role_arn": aws.role_arn(owner.role)}))
    return stack


def _with(section: Any, path: Sequence[str | int], value: object) -> Any:  # noqa: ANN401 - sections of all kinds
    if not path:
        return value
    key, *rest = path
    if isinstance(section, dict):
        return {**section, key: _with(section[key], rest, value)}
    return section.model_copy(update={key: _with(getattr(section, str(key)), rest, value)})
