"""What every module of the composition shares, and how it declares namespaces and connections."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from pulumi import Output, ResourceOptions

from components.composition.quotas import stores_quota
from components.credentials.passwords import PasswordArgs, object_store_credentials, password_secret, pull_secret
from components.foundation.connections import Connection, Networked, egress
from components.foundation.namespaces import PlatformNamespace, PlatformNamespaceArgs
from components.observability.prometheus.server import Prometheus
from components.settings.environment import owner_of
from components.settings.secrets import SECRETS
from components.settings.stores import stores
from components.storage.buckets import AUTHORITY, KEYS, EndpointKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from components.foundation.connections import ExternalEndpoint
    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.foundation.quota import Quota
    from components.settings.bucket import BucketSettings
    from components.settings.platform_name import PlatformName
    from components.settings.stack import StackSettings


Part = TypeVar("Part", bound=Networked)


@dataclass(frozen=True, kw_only=True)
class PlatformContext:
    """What the modules of the composition share.

    Attributes:
        environment: its name.
        stack: the settings.
        secrets: of the stack file, by its keys.
        cluster: UID of the recognised cluster.
        protection: how data-bearing children are kept.
        images: the catalogue.
        api_server: where jobs reach the Kubernetes API.
        inside: options of everything that is declared here: what it waits for and belongs to.
        search_domain: where the domain answers that AWS runs in place of OpenSearch's nodes, if there is one.
        namespaces: all that were declared so far, by name.
        connections: all that were named so far; policies are made of them when the last one is known.
        endpoint_key: opens buckets at an endpoint, in the namespace that one is inside of.
    """

    environment: str
    stack: StackSettings
    secrets: Mapping[str, Output[str]]
    cluster: Output[str]
    protection: DataProtection
    images: ImageCatalogue
    api_server: ExternalEndpoint
    inside: ResourceOptions
    search_domain: Output[str] | None = None
    namespaces: dict[PlatformName, PlatformNamespace] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    endpoint_key: EndpointKey | None = None

    def namespace(
        self,
        name: PlatformName,
        quota: Quota,
        nodes: Mapping[str, int],
        *,
        enforce: str = "restricted",
        recorded_state: Mapping[str, str] | None = None,
    ) -> PlatformContext:
        """Declare a namespace and return the context inside it.

        Args:
            name: its name.
            quota: the most that it may ask for.
            nodes: how many each StatefulSet of a store has.
            enforce: the level of Pod Security below which pods are refused.
            recorded_state: given to the first namespace of a stack, for which all others wait.
        """
        made = PlatformNamespace(
            f"{name.bare}-namespace",
            PlatformNamespaceArgs(
                name=name,
                owner=owner_of(self.environment),
                cluster=self.cluster,
                nodes=nodes,
                quota=quota,
                enforce=enforce,
                node_local_dns=self.stack.cluster.node_local_dns,
                protection=self.protection,
                recorded_state=recorded_state,
            ),
            opts=self.inside,
        )
        self.namespaces[name] = made
        inside = replace(
            self, inside=ResourceOptions.merge(self.inside, ResourceOptions(depends_on=[made])), endpoint_key=None
        )
        if (secret := self.stack.images.pull_secret) is not None:
            pull_secret(f"{name.bare}-pull-secret", str(name), secret, self.secrets["imagePullConfig"], inside.inside)
        return inside

    def store_namespace(self, name: PlatformName, recorded_state: Mapping[str, str] | None = None) -> PlatformContext:
        """Declare the namespace of some stores, of the size that they ask for, and return the context inside it."""
        nodes = {
            stateful_set: count
            for store in stores(self.stack)
            if store.kind.namespace == name and store.kind.nodes is not None
            for stateful_set, count in store.kind.nodes.sets(store.settings, self.stack.cluster.zones).items()
        }
        inside = self.namespace(name, stores_quota(self.stack, name), nodes, recorded_state=recorded_state)
        here = (store.settings.snapshots.s3 for store in stores(self.stack) if store.kind.namespace == name)
        return inside.with_endpoint_key(name, here)

    def add(self, part: Part) -> Part:
        """Open the paths that a part of the platform needs, its way to the Kubernetes API and that to its metrics."""
        self.connections.extend(part.connections)
        for endpoint in part.endpoints:
            if endpoint.api_access:
                self.connections.extend(egress(endpoint, self.api_server))
            self.connections.extend(Connection(Prometheus.endpoint, endpoint, one.port) for one in endpoint.metrics)
        return part

    def with_endpoint_key(self, namespace: PlatformName, buckets: Iterable[BucketSettings | None]) -> PlatformContext:
        """Declare the key of a namespace's buckets, where one of them stands at an endpoint, and pass it on."""
        if all(bucket is None or bucket.endpoint is None for bucket in buckets):
            return self
        values: dict[str, str | Output[str]] = {name: self.secrets[key] for name, key in KEYS.items()}
        authority = self.stack.object_store_authority
        if authority is not None:
            values[AUTHORITY] = authority
        secret = object_store_credentials(
            f"{namespace.bare}-object-store-credentials", str(namespace), values, self.inside
        )
        return replace(self, endpoint_key=EndpointKey(secret=secret, has_authority=authority is not None))

    def password(self, name: str, namespace: PlatformName, key: str) -> Output[str]:
        """Declare a secret of the stack file as a Secret of its own, and return that one's name."""
        declared = SECRETS[key]
        return password_secret(
            name,
            PasswordArgs(
                namespace=namespace, value=self.secrets[key], purpose=declared.purpose, readers=declared.readers
            ),
            opts=self.inside,
        )
