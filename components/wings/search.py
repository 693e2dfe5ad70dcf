"""The search wing: OpenSearch, its console, its exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output, ResourceOptions

from components.credentials.passwords import Password, PasswordArgs
from components.foundation.labels import Concern
from components.search.cluster import OpenSearchCluster, OpenSearchClusterArgs
from components.search.configuration import CONSOLE_USER
from components.search.console import SearchConsole, SearchConsoleArgs
from components.search.desired import ADMIN_USER, AUTOMATION_USER, METRICS_USER
from components.search.exporter import SearchMetricsExporter, SearchMetricsExporterArgs
from components.settings.secrets import SECRETS
from components.storage.snapshot_metrics import snapshot_metrics_endpoint

if TYPE_CHECKING:
    from components.wings.site import Site

_PASSWORDS = {
    ADMIN_USER: "opensearchAdminPassword",
    AUTOMATION_USER: "opensearchAutomationPassword",
    CONSOLE_USER: "opensearchConsolePassword",
    METRICS_USER: "opensearchMetricsPassword",
}
"""Which key of the stack file holds the password of which user of the search cluster."""


@dataclass(frozen=True, kw_only=True)
class SearchWing:
    """Where it is reached."""

    search: Output[str]
    console: Output[str]


def search_wing(site: Site) -> SearchWing:
    """Declare the things, then the connections; `site` lies inside the namespace."""
    stack = site.stack
    passwords = {user: _password(site, user, key) for user, key in _PASSWORDS.items()}
    search = OpenSearchCluster(
        "search",
        OpenSearchClusterArgs(
            settings=stack.opensearch,
            cluster=stack.cluster,
            jobs=stack.jobs,
            images=site.images,
            passwords=passwords,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    # Both log in with users that the configure job makes, so they start when the whole cluster stands.
    after_search = ResourceOptions.merge(site.inside, ResourceOptions(depends_on=[search]))
    SearchConsole(
        "search-console",
        SearchConsoleArgs(
            settings=stack.console,
            image=site.images.opensearch_dashboards(stack.opensearch.version),
            search_url=search.url,
            search_certificate=search.certificate,
            issuer=search.issuer,
            password=passwords[CONSOLE_USER],
            cookie_seed=site.secrets[_PASSWORDS[CONSOLE_USER]],
        ),
        opts=after_search,
    )
    SearchMetricsExporter(
        "search-metrics-exporter",
        SearchMetricsExporterArgs(
            settings=stack.metrics_exporter,
            image=site.images.metrics_exporter(stack.metrics_exporter.version),
            search_url=search.url,
            search_certificate=search.certificate,
            password=passwords[METRICS_USER],
        ),
        opts=after_search,
    )

    site.connect(search.members, search.members, "transport")
    site.connect(search.keepers, search.members, "https")
    site.connect(search.keepers, site.api_server, "https")
    site.connect(search.configure_job, search.members, "https")
    site.connect(SearchConsole.endpoint, search.members, "https")
    site.connect(SearchMetricsExporter.endpoint, search.members, "https")
    site.connect(snapshot_metrics_endpoint(Concern.SEARCH), site.api_server, "https")
    if search.snapshots.endpoint is not None:
        site.connect(search.members, search.snapshots.endpoint, "https")

    console = f"https://search-console.{Concern.SEARCH.value}.svc:{SearchConsole.endpoint.ports['https']}"
    return SearchWing(search=search.url, console=Output.from_input(console))


def _password(site: Site, user: str, key: str) -> Output[str]:
    declared = SECRETS[key]
    password = Password(
        f"search-{user}-password",
        PasswordArgs(
            concern=Concern.SEARCH,
            value=site.secrets[key],
            purpose=declared.purpose,
            readers=declared.readers,
        ),
        opts=site.inside,
    )
    return password.secret
