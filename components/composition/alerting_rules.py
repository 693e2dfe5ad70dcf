"""Rules of all rooms as objects that Prometheus finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import RunError
from pulumi_kubernetes.apiextensions import CustomResource

from components.composition.alert_judgement import refusals
from components.composition.rooms import offered
from components.foundation.monitors import MONITORING, found_by
from components.observability.grafana.server import grafana_url
from components.settings.telemetry_namespaces import NAMESPACE

if TYPE_CHECKING:
    from components.composition.context import PlatformContext


def compose_rules(context: PlatformContext) -> None:
    """Declare one object for each room that has rules.

    Raises:
        pulumi.RunError: with every contradiction among the alerts; the engine prints it without a traceback.
    """
    rooms, grafana = offered(context.stack), context.stack.grafana
    if wrong := list(refusals(rooms)):
        raise RunError("\n".join(wrong))
    for signals in rooms:
        if groups := signals.groups(grafana_url(grafana), grafana.repository):
            CustomResource(
                f"{signals.name}-rules",
                api_version=MONITORING,
                kind="PrometheusRule",
                metadata={"name": signals.name, "namespace": str(NAMESPACE), "labels": found_by()},
                spec={"groups": groups},
                opts=context.inside,
            )
