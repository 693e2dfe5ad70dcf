"""What stands in front of and beside the OpenSearch cluster: its console and its metrics exporter."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Promoted, Scaled, ScaleRule
from components.settings.quantities import Bytes, Millicores
from components.settings.texts import VersionTag


class ConsoleSettings(Settings):
    """OpenSearch Dashboards, in the version of the OpenSearch cluster."""

    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1)]
    """Number of pods."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each pod."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each pod, requested and limited."""


class MetricsExporterSettings(Settings):
    """The exporter that turns the OpenSearch cluster's state into Prometheus metrics."""

    version: Annotated[VersionTag, Promoted(order="semver")]
    """Tag of the exporter's image."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""
