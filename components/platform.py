"""The composition root: what exists, in which order, and who may talk to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.credentials.passwords import Password, PasswordArgs
from components.foundation.connections import Connection, Endpoint, ExternalEndpoint
from components.foundation.images import ImageCatalogue
from components.foundation.keeping import Keeper
from components.foundation.labels import Concern
from components.foundation.namespaces import PlatformNamespace, PlatformNamespaceArgs
from components.foundation.quota import Footprint, Quota
from components.search.cluster import OpenSearchCluster, OpenSearchClusterArgs
from components.search.configuration import CONSOLE_USER
from components.search.console import SearchConsole, SearchConsoleArgs
from components.search.desired import ADMIN_USER, AUTOMATION_USER, METRICS_USER
from components.search.exporter import SearchMetricsExporter, SearchMetricsExporterArgs
from components.settings.environment import Teardown
from components.settings.secrets import SECRETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """The stack file: its settings and its secrets by key; and the UID of the cluster, known once it is recognised."""

    stack: StackSettings
    secrets: Mapping[str, Output[str]]
    cluster: Output[str]


class Platform(ComponentResource):
    """Everything of one environment. First the things, then the connections; nothing else may talk."""

    search: Output[str]
    console: Output[str]

    def __init__(self, name: str, args: PlatformArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:platform:Platform", name, None, opts)
        child = ResourceOptions(parent=self)
        stack = args.stack
        keeper = Keeper(protect=stack.teardown is Teardown.REFUSE)
        images = ImageCatalogue(mirror=stack.images.mirror)

        namespace = PlatformNamespace(
            "search-namespace",
            PlatformNamespaceArgs(
                concern=Concern.SEARCH,
                cluster=args.cluster,
                pools={f"ballast:opensearch.pools.{name}.nodes": p.nodes for name, p in stack.opensearch.pools.items()},
                quota=_search_quota(stack),
                keeper=keeper,
            ),
            opts=child,
        )
        inside = ResourceOptions(parent=self, depends_on=[namespace])
        passwords = {user: self._password(user, args, inside) for user in _PASSWORDS}
        search = OpenSearchCluster(
            "search",
            OpenSearchClusterArgs(
                settings=stack.opensearch,
                cluster=stack.cluster,
                jobs=stack.jobs,
                images=images,
                passwords=passwords,
                keeper=keeper,
            ),
            opts=inside,
        )
        # Both log in with users that the configure job makes, so they start when the whole cluster stands.
        after_search = ResourceOptions(parent=self, depends_on=[namespace, search])
        SearchConsole(
            "search-console",
            SearchConsoleArgs(
                settings=stack.console,
                image=images.opensearch_dashboards(stack.opensearch.version),
                search_url=search.url,
                search_certificate=search.certificate,
                issuer=search.issuer,
                password=passwords[CONSOLE_USER],
                cookie_seed=args.secrets[_PASSWORDS[CONSOLE_USER]],
            ),
            opts=after_search,
        )
        SearchMetricsExporter(
            "search-metrics-exporter",
            SearchMetricsExporterArgs(
                settings=stack.metrics_exporter,
                image=images.metrics_exporter(stack.metrics_exporter.version),
                search_url=search.url,
                search_certificate=search.certificate,
                password=passwords[METRICS_USER],
            ),
            opts=after_search,
        )

        api_server = ExternalEndpoint(
            name="kubernetes-api",
            cidrs=tuple(stack.cluster.api_server.cidrs),
            ports={"https": stack.cluster.api_server.port},
        )

        def connect(client: Endpoint, server: Endpoint | ExternalEndpoint, port: str) -> None:
            Connection(client, server, port, opts=inside)

        connect(search.members, search.members, "transport")
        connect(search.founding_job, search.members, "https")
        connect(search.founding_job, api_server, "https")
        connect(search.configure_job, search.members, "https")
        connect(SearchConsole.endpoint, search.members, "https")
        connect(SearchMetricsExporter.endpoint, search.members, "https")
        if search.snapshots.endpoint is not None:
            connect(search.members, search.snapshots.endpoint, "https")

        self.search = search.url
        self.console = Output.from_input(
            f"https://search-console.{Concern.SEARCH.value}.svc:{SearchConsole.endpoint.ports['https']}"
        )
        self.register_outputs({"search": self.search, "console": self.console})

    def _password(self, user: str, args: PlatformArgs, opts: ResourceOptions) -> Output[str]:
        key = _PASSWORDS[user]
        declared = SECRETS[key]
        password = Password(
            f"search-{user}-password",
            PasswordArgs(
                concern=Concern.SEARCH,
                value=args.secrets[key],
                purpose=declared.purpose,
                readers=declared.readers,
            ),
            opts=opts,
        )
        return password.secret


_PASSWORDS = {
    ADMIN_USER: "opensearchAdminPassword",
    AUTOMATION_USER: "opensearchAutomationPassword",
    CONSOLE_USER: "opensearchConsolePassword",
    METRICS_USER: "opensearchMetricsPassword",
}
"""Which key of the stack file holds the password of which user of the search cluster."""


def _search_quota(stack: StackSettings) -> Quota:
    pools = stack.opensearch.pools.values()
    snapshots = stack.opensearch.snapshots.volume
    footprints = [Footprint(pods=p.nodes, cpu=p.cpu, memory=p.memory, disk=p.disk) for p in pools]
    footprints.append(Footprint(pods=stack.console.replicas, cpu=stack.console.cpu, memory=stack.console.memory))
    footprints.append(Footprint(pods=1, cpu=stack.metrics_exporter.cpu, memory=stack.metrics_exporter.memory))
    return Quota(footprints=tuple(footprints), claims=() if snapshots is None else (snapshots.size,))
