"""Metrics: the operator that runs Prometheus, Prometheus itself, and what tells it about Kubernetes."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Comparison, KeptFor, Promoted, Recorded, Scaled, ScaleRule
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import Version


class OperatorSettings(Settings):
    """The Prometheus Operator, run by this stack; left out where the cluster already has one."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of the operator; its definitions (CRDs) are installed outside this stack."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""


class PrometheusSettings(Settings):
    """Prometheus: every replica scrapes everything, so that one can be lost."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of Prometheus, 3.x."""
    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1, le=4)]
    """Number of equal replicas; two keep alerting while one restarts."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited; twice what it uses, because a restart reads its log anew."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk of each; it can grow and never shrinks. Old metrics go when 80 % of it is used."""
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor()]
    """How long metrics are kept; refused when the disk can't hold as much."""
    scrape_interval: Annotated[Duration, Promoted()]
    """How often each target is asked."""
    series: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1000)]
    """Series expected at once (prometheus_tsdb_head_series); the disk is judged by it."""
