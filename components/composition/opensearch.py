"""Namespace `opensearch`: OpenSearch, its console, its exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import Output, ResourceOptions

from components.cloud.settings import PodIdentity
from components.storage.buckets import TOKEN_FOLDER, bucket_identity
from components.stores.opensearch.cluster import OpenSearchCluster, OpenSearchClusterArgs
from components.stores.opensearch.console import OpenSearchConsole, OpenSearchConsoleArgs
from components.stores.opensearch.exporter import OpenSearchMetricsExporter, OpenSearchMetricsExporterArgs
from components.stores.opensearch.log_pipeline import LogPipeline, LogPipelineArgs
from components.stores.opensearch.managed import ManagedOpenSearch, ManagedOpenSearchArgs
from components.stores.opensearch.settings import CLUSTER, NAMESPACE
from components.stores.opensearch.users import APPLICATIONS_USER, CONSOLE_USER, LOGS_USER, METRICS_USER, PASSWORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.composition.context import PlatformContext


@dataclass(frozen=True, kw_only=True)
class OpenSearchAddresses:
    """Where it is reached."""

    opensearch: Output[str]
    console: Output[str]


def _cluster(context: PlatformContext, passwords: Mapping[str, Output[str]]) -> OpenSearchCluster:
    stack = context.stack
    return context.add(
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


def _domain(context: PlatformContext, passwords: Mapping[str, Output[str]]) -> ManagedOpenSearch:
    stack = context.stack
    aws, managed, snapshots = stack.aws, stack.opensearch.managed, stack.opensearch.snapshots.s3
    assert aws is not None  # noqa: S101 - a rule refuses a domain without an account
    assert managed is not None  # noqa: S101 - or there is no domain
    assert snapshots is not None  # noqa: S101 - a rule refuses snapshots elsewhere
    assert context.search_domain is not None  # noqa: S101 - it was declared before
    registrar = aws.role_arn(managed.configure_role)
    # It takes on a role of its own by the way on which pods reach the bucket.
    own = registrar if aws.identity is PodIdentity.IRSA else None
    way = snapshots.model_copy(update={"role_arn": own})
    return context.add(
        ManagedOpenSearch(
            CLUSTER,
            ManagedOpenSearchArgs(
                settings=stack.opensearch,
                url=context.search_domain,
                egress_cidrs=managed.egress_cidrs,
                snapshots=snapshots,
                identity=bucket_identity(way, f"/etc/ballast/{TOKEN_FOLDER}", session="opensearch-configure", key=None),
                registrar=registrar,
                job_image=context.images.python(stack.jobs.image, stack.jobs.version),
                passwords=passwords,
                logs=stack.data_prepper,
                protection=context.protection,
            ),
            opts=context.inside,
        )
    )


def compose_opensearch(context: PlatformContext) -> OpenSearchAddresses:
    """Declare what is in it; `context` lies inside the namespace."""
    stack = context.stack
    there = {LOGS_USER: stack.data_prepper is not None, APPLICATIONS_USER: bool(stack.opensearch.open_to)}
    passwords = {
        user: context.password(f"opensearch-{user}-password", NAMESPACE, key)
        for user, key in PASSWORDS.items()
        if there.get(user, True)
    }
    opensearch = _domain(context, passwords) if stack.opensearch.managed else _cluster(context, passwords)
    # Both log in with users that the configure job makes, so they start when the whole cluster stands.
    after_opensearch = ResourceOptions.merge(context.inside, ResourceOptions(depends_on=[opensearch]))
    context.add(
        OpenSearchConsole(
            "opensearch-console",
            OpenSearchConsoleArgs(
                settings=stack.console,
                host=stack.cluster.any_address,
                image=context.images.reference(OpenSearchConsole.image, stack.opensearch.version),
                opensearch=opensearch.endpoint,
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
                opensearch=opensearch.endpoint,
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
                    opensearch=opensearch.endpoint,
                    password=context.secrets[PASSWORDS[LOGS_USER]],
                ),
                opts=after_opensearch,
            )
        )

    console = f"https://{OpenSearchConsole.endpoint.address('https')}"
    return OpenSearchAddresses(opensearch=opensearch.endpoint.url, console=Output.from_input(console))
