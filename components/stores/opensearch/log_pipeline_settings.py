"""Settings of Data Prepper, which brings logs into the OpenSearch cluster."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Promoted, Scaled, ScaleRule
from components.settings.quantities import Bytes, Millicores
from components.settings.texts import ShortLabel, Version


class DataPrepperSettings(Settings):
    """Data Prepper: brings logs into the OpenSearch cluster; left out where another store keeps them."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of Data Prepper, 2.x."""
    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1)]
    """Number of pods."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited; half of it is heap."""
    index: Annotated[ShortLabel, Promoted()]
    """Name of the entry of opensearch.indexes whose lifecycle the logs have."""
