"""The search wing: OpenSearch, its console, its exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output, ResourceOptions

from components.foundation.labels import Concern
from components.storage.snapshot_metrics import snapshot_metrics_endpoint
from components.stores.opensearch.cluster import OpenSearchCluster, OpenSearchClusterArgs
from components.stores.opensearch.configuration import CONSOLE_USER
from components.stores.opensearch.console import SearchConsole, SearchConsoleArgs
from components.stores.opensearch.desired import ADMIN_USER, AUTOMATION_USER, METRICS_USER
from components.stores.opensearch.exporter import SearchMetricsExporter, SearchMetricsExporterArgs
from components.stores.opensearch.log_pipeline import LogPipeline, LogPipelineArgs
from components.stores.opensearch.log_pipeline_configuration import LOGS_USER

if TYPE_CHECKING:
    from components.composition.site import Site

_PASSWORDS = {
    ADMIN_USER: "opensearchAdminPassword",
    AUTOMATION_USER: "opensearchAutomationPassword",
    CONSOLE_USER: "opensearchConsolePassword",
    METRICS_USER: "opensearchMetricsPassword",
}
"""Which key of the stack file holds the password of which user of the search cluster."""

LOGS_PASSWORD = "opensearchLogsPassword"  # noqa: S105 - the key of the stack file
"""That of the user which only there is where Data Prepper is."""


@dataclass(frozen=True, kw_only=True)
class SearchWing:
    """Where it is reached."""

    search: Output[str]
    console: Output[str]


def search_wing(site: Site) -> SearchWing:
    """Declare the things, then the connections; `site` lies inside the namespace."""
    stack = site.stack
    passwords = {
        user: site.password(f"search-{user}-password", Concern.SEARCH, key) for user, key in _PASSWORDS.items()
    }
    if stack.data_prepper is not None:
        passwords[LOGS_USER] = site.password("search-logs-password", Concern.SEARCH, LOGS_PASSWORD)
    search = OpenSearchCluster(
        "search",
        OpenSearchClusterArgs(
            settings=stack.opensearch,
            cluster=stack.cluster,
            jobs=stack.jobs,
            images=site.images,
            passwords=passwords,
            logs=stack.data_prepper,
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

    if stack.data_prepper is not None:
        LogPipeline(
            "data-prepper",
            LogPipelineArgs(
                settings=stack.data_prepper,
                image=site.images.data_prepper(stack.data_prepper.version),
                search_url=search.url,
                search_certificate=search.certificate,
                password=site.secrets[LOGS_PASSWORD],
            ),
            opts=after_search,
        )
        site.connect(LogPipeline.endpoint, search.members, "https")
        site.watched(LogPipeline.endpoint)

    site.connect(search.members, search.members, "transport")
    site.connect(search.keepers, search.members, "https")
    site.connect(search.keepers, site.api_server, "https")
    site.connect(search.configure_job, search.members, "https")
    site.connect(SearchConsole.endpoint, search.members, "https")
    site.connect(SearchMetricsExporter.endpoint, search.members, "https")
    site.connect(snapshot_metrics_endpoint(Concern.SEARCH), site.api_server, "https")
    site.watched(SearchMetricsExporter.endpoint)
    site.watched(snapshot_metrics_endpoint(Concern.SEARCH))
    if search.snapshots.endpoint is not None:
        site.connect(search.members, search.snapshots.endpoint, "https")

    console = f"https://search-console.{Concern.SEARCH.value}.svc:{SearchConsole.endpoint.ports['https']}"
    return SearchWing(search=search.url, console=Output.from_input(console))
