"""What every module of the composition shares, and how it declares namespaces and connections."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pulumi import Output, ResourceOptions

from components.credentials.passwords import PasswordArgs, password_secret
from components.foundation.connections import Connection, Endpoint, ExternalEndpoint, ForeignPods
from components.foundation.namespaces import PlatformNamespace, PlatformNamespaceArgs
from components.observability.prometheus.server import Prometheus
from components.settings.secrets import SECRETS
from components.settings.stack import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.foundation.labels import Concern
    from components.foundation.quota import Quota
    from components.settings.stack import StackSettings


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
        namespaces: all that were declared so far, by name.
        connections: all that were named so far; policies are made of them when the last one is known.
    """

    environment: str
    stack: StackSettings
    secrets: Mapping[str, Output[str]]
    cluster: Output[str]
    protection: DataProtection
    images: ImageCatalogue
    api_server: ExternalEndpoint
    inside: ResourceOptions
    namespaces: dict[str, PlatformNamespace] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)

    def namespace(
        self, concern: Concern, quota: Quota, pools: Mapping[str, int], recorded_state: Mapping[str, str] | None = None
    ) -> PlatformContext:
        """Declare a concern's namespace and return the context inside it.

        Args:
            concern: whose namespace it is.
            quota: the most that it may ask for.
            pools: nodes by the key of the stack file that says so.
            recorded_state: given to the first namespace of a stack, for which all others wait.
        """
        made = PlatformNamespace(
            f"{concern.value}-namespace",
            PlatformNamespaceArgs(
                concern=concern,
                owner=f"{NAMESPACE}/{self.environment}",
                cluster=self.cluster,
                pools=pools,
                quota=quota,
                protection=self.protection,
                recorded_state=recorded_state,
            ),
            opts=self.inside,
        )
        self.namespaces[concern.value] = made
        return replace(self, inside=ResourceOptions.merge(self.inside, ResourceOptions(depends_on=[made])))

    def connect(self, client: Endpoint | ForeignPods, server: Endpoint | ExternalEndpoint, port: str) -> None:
        """Let `client` talk to `server` on one named port."""
        self.connections.append(Connection(client, server, port))

    def allow_scrape(self, server: Endpoint, port: str = "metrics") -> None:
        """Let Prometheus ask `server` for its metrics; the component itself says that they are there."""
        self.connect(Prometheus.endpoint, server, port)

    def password(self, name: str, concern: Concern, key: str) -> Output[str]:
        """Declare a secret of the stack file as a Secret of its own, and return that one's name."""
        declared = SECRETS[key]
        return password_secret(
            name,
            PasswordArgs(concern=concern, value=self.secrets[key], purpose=declared.purpose, readers=declared.readers),
            opts=self.inside,
        )
