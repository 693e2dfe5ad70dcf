"""Namespace `opensearch`: OpenSearch, its console, its exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output, ResourceOptions

from components.stores.opensearch.cluster import OpenSearchCluster, OpenSearchClusterArgs
from components.stores.opensearch.console import OpenSearchConsole, OpenSearchConsoleArgs
from components.stores.opensearch.exporter import OpenSearchMetricsExporter, OpenSearchMetricsExporterArgs
from components.stores.opensearch.log_pipeline import LogPipeline, LogPipelineArgs
from components.stores.opensearch.settings import CLUSTER, NAMESPACE
from components.stores.opensearch.users import (
    ADMIN_USER,
    APPLICATIONS_USER,
    AUTOMATION_USER,
    CONSOLE_USER,
    LOGS_USER,
    METRICS_USER,
)

if TYPE_CHECKING:
    from components.composition.context import PlatformContext

_PASSWORDS = {
    ADMIN_USER: "opensearchAdminPassword",
    AUTOMATION_USER: "opensearchAutomationPassword",
    CONSOLE_USER: "opensearchConsolePassword",
    METRICS_USER: "opensearchMetricsPassword",
}
"""Which key of the stack file holds the password of which user of the OpenSearch cluster."""

LOGS_PASSWORD = "opensearchLogsPassword"  # noqa: S105 - the key of the stack file
"""That of the user which only there is where Data Prepper is."""


@dataclass(frozen=True, kw_only=True)
class OpenSearchAddresses:
    """Where it is reached."""

    opensearch: Output[str]
    console: Output[str]


def compose_opensearch(context: PlatformContext) -> OpenSearchAddresses:
    """Declare what is in it; `context` lies inside the namespace."""
    stack = context.stack
    passwords = {
        user: context.password(f"opensearch-{user}-password", NAMESPACE, key) for user, key in _PASSWORDS.items()
    }
    if stack.data_prepper is not None:
        passwords[LOGS_USER] = context.password("opensearch-logs-password", NAMESPACE, LOGS_PASSWORD)
    if stack.opensearch.open_to:
        key = "opensearchApplicationsPassword"
        passwords[APPLICATIONS_USER] = context.password("opensearch-applications-password", NAMESPACE, key)
    opensearch = context.add(
        OpenSearchCluster(
            CLUSTER,
            OpenSearchClusterArgs(
                settings=stack.opensearch,
                cluster=stack.cluster,
                jobs=stack.jobs,
                images=context.images,
                passwords=passwords,
                logs=stack.data_prepper,
                protection=context.protection,
            ),
            opts=context.inside,
        )
    )
    # Both log in with users that the configure job makes, so they start when the whole cluster stands.
    after_opensearch = ResourceOptions.merge(context.inside, ResourceOptions(depends_on=[opensearch]))
    context.add(
        OpenSearchConsole(
            "opensearch-console",
            OpenSearchConsoleArgs(
                settings=stack.console,
                image=context.images.reference(OpenSearchConsole.image, stack.opensearch.version),
                opensearch_url=opensearch.url,
                opensearch_certificate=opensearch.certificate,
                issuer=opensearch.issuer,
                password=passwords[CONSOLE_USER],
                cookie_seed=context.secrets[_PASSWORDS[CONSOLE_USER]],
            ),
            opts=after_opensearch,
        )
    )
    context.add(
        OpenSearchMetricsExporter(
            "opensearch-metrics-exporter",
            OpenSearchMetricsExporterArgs(
                settings=stack.metrics_exporter,
                image=context.images.reference(OpenSearchMetricsExporter.image, stack.metrics_exporter.version),
                opensearch_url=opensearch.url,
                opensearch_certificate=opensearch.certificate,
                password=passwords[METRICS_USER],
            ),
            opts=after_opensearch,
        )
    )

    if stack.data_prepper is not None:
        context.add(
            LogPipeline(
                "data-prepper",
                LogPipelineArgs(
                    settings=stack.data_prepper,
                    image=context.images.reference(LogPipeline.image, stack.data_prepper.version),
                    opensearch_url=opensearch.url,
                    opensearch_certificate=opensearch.certificate,
                    password=context.secrets[LOGS_PASSWORD],
                ),
                opts=after_opensearch,
            )
        )

    console = f"https://{OpenSearchConsole.endpoint.address('https')}"
    return OpenSearchAddresses(opensearch=opensearch.url, console=Output.from_input(console))
