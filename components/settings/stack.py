"""The whole stack file as one typed value."""

from typing import Annotated

from pydantic import Field

from components.applications.settings import ApplicationSettings
from components.cloud.settings import AwsSettings
from components.observability.alertmanager.settings import AlertmanagerSettings
from components.observability.collector.settings import CollectorSettings
from components.observability.exporters.settings import ClusterMetricsSettings
from components.observability.grafana.settings import GrafanaSettings
from components.observability.loki.settings import LokiSettings
from components.observability.prometheus.settings import OperatorSettings, PrometheusSettings
from components.observability.tempo.settings import TempoSettings
from components.settings.base import Settings
from components.settings.certificates import Authorities
from components.settings.cluster import ClusterSettings
from components.settings.environment import Teardown, Tier
from components.settings.images import ImagesSettings, JobsSettings
from components.settings.markers import Bound, Comparison, Recorded, Section
from components.settings.networks import WideNetworkSettings
from components.settings.objectives import ObjectivesSettings
from components.settings.texts import EnvironmentName, NamespacePrefix, ReleasableKey, ShortLabel
from components.stores.chroma.settings import ChromaSettings
from components.stores.opensearch.console_settings import ConsoleSettings, MetricsExporterSettings
from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
from components.stores.opensearch.settings import OpenSearchSettings
from components.stores.qdrant.settings import QdrantSettings
from components.stores.volumes.settings import EmbeddedVolumeSettings


class StackSettings(Settings):
    """One environment, complete: each field is a key `ballast:<name>` of its stack file."""

    tier: Annotated[Tier, Bound(), Recorded(Comparison.TIER)]
    """How the environment is run: the rules for prod hold for every environment of tier prod, whatever its name."""
    promotes_from: Annotated[EnvironmentName | None, Bound()] = None
    """The environment that promoted values come from; left out at the head of a chain."""
    namespace_prefix: Annotated[NamespacePrefix, Bound(), Recorded(Comparison.TEXT)] = ""
    """Stands before the names of all its namespaces, by which several platforms may share one cluster."""
    cluster: Annotated[ClusterSettings, Section()]
    """The Kubernetes cluster and how to know it from another one."""
    aws: Annotated[AwsSettings | None, Section()] = None
    """The AWS account in which buckets, keys and roles are made; left out, nothing is declared in AWS."""
    object_store_authority: Annotated[Authorities | None, Bound()] = None
    """Certificates in PEM of the authority that the buckets' endpoint has its own from; left out, a public one."""
    images: Annotated[ImagesSettings, Section()]
    """Where images are pulled from."""
    wide_networks: Annotated[dict[ShortLabel, WideNetworkSettings], Section(), Field(default_factory=dict)]
    """Networks wider than /8 (public: /12, IPv6: /32) that may be named all the same, each with a reason."""
    teardown: Annotated[Teardown, Bound()]
    """What `destroy` may do: refuse, or keepData (everything goes but what holds data)."""
    allow_orphaned: Annotated[tuple[ReleasableKey, ...], Bound(), Recorded(Comparison.TEXT, ",".join)] = ()
    """Keys of stores, volumes or places given up on purpose, such as volumes.knowledge; their data stays unowned."""
    opensearch: Annotated[OpenSearchSettings, Section()]
    """The OpenSearch cluster."""
    console: Annotated[ConsoleSettings, Section()]
    """OpenSearch Dashboards."""
    metrics_exporter: Annotated[MetricsExporterSettings, Section()]
    """The exporter of the OpenSearch cluster's metrics."""
    qdrant: Annotated[QdrantSettings | None, Section()] = None
    """The vector store, Qdrant; left out where there are no vectors."""
    chroma: Annotated[ChromaSettings | None, Section()] = None
    """Chroma, a vector store of one pod; left out where nothing uses it."""
    volumes: Annotated[dict[ShortLabel, EmbeddedVolumeSettings], Section(), Field(default_factory=dict)]
    """Volumes for stores inside applications, each mounted by the application of its name."""
    applications: Annotated[dict[ShortLabel, ApplicationSettings], Section(), Field(default_factory=dict)]
    """Applications on the platform, by name; so far what they tell of themselves."""
    jobs: Annotated[JobsSettings, Section()]
    """The image that runs the platform's own jobs."""
    prometheus_operator: Annotated[OperatorSettings | None, Section()] = None
    """The operator that runs Prometheus and Alertmanager; left out where the cluster already has one."""
    prometheus: Annotated[PrometheusSettings, Section()]
    """Metrics."""
    kube_state_metrics: Annotated[ClusterMetricsSettings, Section()]
    """kube-state-metrics: the state of the cluster's objects as metrics."""
    node_exporter: Annotated[ClusterMetricsSettings, Section()]
    """node_exporter: what the cluster's nodes are doing, as metrics."""
    alertmanager: Annotated[AlertmanagerSettings, Section()]
    """Alerting: who is told what."""
    objectives: Annotated[ObjectivesSettings | None, Section()] = None
    """What is promised to those who use the platform; left out where nothing is."""
    collector: Annotated[CollectorSettings, Section()]
    """The way of logs, traces and applications' metrics to where they are kept."""
    loki: Annotated[LokiSettings | None, Section()] = None
    """Logs in Loki; at least one of loki and dataPrepper."""
    data_prepper: Annotated[DataPrepperSettings | None, Section()] = None
    """Logs in the OpenSearch cluster; at least one of loki and dataPrepper."""
    tempo: Annotated[TempoSettings, Section()]
    """Traces."""
    grafana: Annotated[GrafanaSettings, Section()]
    """What people look at."""
