"""The whole stack file as one typed value."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.cluster import ClusterSettings
from components.settings.console import ConsoleSettings, MetricsExporterSettings
from components.settings.embedded import ChromaSettings, EmbeddedVolumeSettings
from components.settings.environment import Environment, Teardown
from components.settings.images import ImagesSettings, JobsSettings
from components.settings.markers import Bound, Section
from components.settings.opensearch import OpenSearchSettings
from components.settings.qdrant import QdrantSettings
from components.settings.texts import CommitmentKey, ShortLabel

#: The project's name, which stands before every key of ours in a stack file.
NAMESPACE = "ballast"


class StackSettings(Settings):
    """One environment, complete: each field is a key `ballast:<name>` of its stack file."""

    environment: Annotated[Environment, Bound()]
    """Name of the environment; the same as the stack's."""
    cluster: Annotated[ClusterSettings, Section()]
    """The Kubernetes cluster and how to know it from another one."""
    images: Annotated[ImagesSettings, Section()]
    """Where images are pulled from."""
    teardown: Annotated[Teardown, Bound()]
    """What `destroy` may do: refuse, or keepData (everything goes but what holds data)."""
    released: Annotated[tuple[CommitmentKey, ...], Bound()] = ()
    """Keys of stores, volumes or sizes given up on purpose, such as volumes.knowledge; their data stays unowned."""
    opensearch: Annotated[OpenSearchSettings, Section()]
    """The search cluster."""
    console: Annotated[ConsoleSettings, Section()]
    """OpenSearch Dashboards."""
    metrics_exporter: Annotated[MetricsExporterSettings, Section()]
    """The exporter of the search cluster's metrics."""
    qdrant: Annotated[QdrantSettings | None, Section()] = None
    """The vector store, Qdrant; left out where there are no vectors."""
    chroma: Annotated[ChromaSettings | None, Section()] = None
    """Chroma, a vector store of one pod; left out where nothing uses it."""
    volumes: Annotated[dict[ShortLabel, EmbeddedVolumeSettings], Section(), Field(default_factory=dict)]
    """Volumes for stores inside applications, each mounted by the application of its name."""
    jobs: Annotated[JobsSettings, Section()]
    """The image that runs the platform's own jobs."""
