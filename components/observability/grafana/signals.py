"""Whether people get answers, and whether the telemetry stack has the memory for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.settings.telemetry_namespaces import NAMESPACE
from components.signals.alerts import Alert
from components.signals.offer import Board, Signals
from components.signals.panels import RATE, Query, Row, TimeSeriesPanel
from components.signals.promql import WINDOW, minutes

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


FAILED_SHARE = 0.05

_FAILED = " / ".join(
    f"sum(rate(grafana_http_request_duration_seconds_count{which}{WINDOW}))" for which in ('{status_code=~"5.."}', "")
)


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of Grafana."""
    return Signals(name="grafana", board=Board.STACK_HEALTH, place=6, rows=[_people()], alerts=[_fails()])


def _fails() -> Alert:
    return Alert(
        name="GrafanaFailsAnswers",
        expression=f"{_FAILED} > {FAILED_SHARE}",
        severity=Severity.WARNING,
        after=minutes(5),
        summary="Grafana answers people with errors",
        description="Dashboards stay empty. Alerts go on: they don't pass through Grafana.",
    )


def _people() -> Row:
    return Row(
        "People: Grafana",
        [
            TimeSeriesPanel(
                title="Answers by status",
                description="Answers per second; 500 and above mean that people see errors.",
                unit="ops",
                queries=[
                    Query(
                        f"sum by (status_code) (rate(grafana_http_request_duration_seconds_count{RATE}))",
                        "{{status_code}}",
                    )
                ],
            ),
            TimeSeriesPanel(
                title="Memory of the stack",
                description=f"Working set of each container in the namespace {NAMESPACE}, as a share of its limit.",
                unit="percentunit",
                queries=[
                    Query(
                        f'max by (pod, container) (container_memory_working_set_bytes{{namespace="{NAMESPACE}", '
                        'container!=""}) / max by (pod, container) '
                        f'(kube_pod_container_resource_limits{{namespace="{NAMESPACE}", resource="memory"}})',
                        "{{pod}}/{{container}}",
                    )
                ],
                levels=((0.9, "red"),),
            ),
        ],
    )
