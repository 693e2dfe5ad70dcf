"""Settings of the exporters of the Kubernetes cluster itself."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Promoted, Scaled, ScaleRule
from components.settings.quantities import Bytes, Millicores
from components.settings.texts import Version


class ClusterMetricsSettings(Settings):
    """An exporter of the cluster's own metrics."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of the exporter."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each pod."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each pod, requested and limited."""
