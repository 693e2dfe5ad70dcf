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
from components.stores.opensearch.users import APPLICATIONS_USER, CONSOLE_USER, LOGS_USER, METRICS_USER, PASSWORDS

if TYPE_CHECKING:
    from components.composition.context import PlatformContext


@dataclass(frozen=True, kw_only=True)
class OpenSearchAddresses:
    """Where it is reached."""

    opensearch: Output[str]
    console: Output[str]


def compose_opensearch(context: PlatformContext) -> OpenSearchAddresses:
    """Declare what is in it; `context` lies inside the namespace."""
    stack = context.stack
    there = {LOGS_USER: stack.data_prepper is not None, APPLICATIONS_USER: bool(stack.opensearch.open_to)}
    passwords = {
        user: context.password(f"opensearch-{user}-password", NAMESPACE, key)
        for user, key in PASSWORDS.items()
        if there.get(user, True)
    }
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
                endpoint_key=context.endpoint_key,
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
                host=stack.cluster.any_address,
                image=context.images.reference(OpenSearchConsole.image, stack.opensearch.version),
                opensearch_url=opensearch.url,
                opensearch_certificate=opensearch.certificate,
                issuer=opensearch.issuer,
                password=passwords[CONSOLE_USER],
                cookie_seed=context.secrets[PASSWORDS[CONSOLE_USER]],
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
                    password=context.secrets[PASSWORDS[LOGS_USER]],
                ),
                opts=after_opensearch,
            )
        )

    console = f"https://{OpenSearchConsole.endpoint.address('https')}"
    return OpenSearchAddresses(opensearch=opensearch.url, console=Output.from_input(console))
