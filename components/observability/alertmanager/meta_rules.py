"""Rules of alerting itself: one alert always fires, and one keeps small talk from being sent alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.apiextensions import CustomResource

from components.foundation.monitors import FOUND_BY, MONITORING
from components.observability.namespaces import NAMESPACE

if TYPE_CHECKING:
    from pulumi import ResourceOptions

WATCHDOG = "Watchdog"
INFO_INHIBITOR = "InfoInhibitor"
"""Names by which such alerts are known everywhere."""

COMPANION = "companion"
"""Label of an info alert that explains others and is worth nothing alone: `true`. Every other info alert is sent."""

NO_SEVERITY = "none"
"""Severity of alerts that are not meant for people."""


def meta_rule_groups() -> list[dict[str, Any]]:
    """Return the rule groups, in Prometheus' own words."""
    alone = (
        f'max by (namespace) (ALERTS{{{COMPANION}="true", severity="info", alertstate="firing"}}) == 1 '
        'unless on (namespace) ALERTS{severity=~"warning|critical", alertstate="firing"} == 1'
    )
    return [
        {
            "name": "alerting",
            "rules": [
                {
                    "alert": WATCHDOG,
                    "expr": "vector(1)",
                    "labels": {"severity": NO_SEVERITY},
                    "annotations": {
                        "summary": "Alerting works",
                        "description": "Always firing. A dead man's switch outside tells people when it stops coming.",
                    },
                },
                {
                    "alert": INFO_INHIBITOR,
                    "expr": alone,
                    "labels": {"severity": NO_SEVERITY},
                    "annotations": {
                        "summary": "Small talk of this namespace is held back",
                        "description": f"Info alerts with the label {COMPANION}=true are sent only beside a warning "
                        "or a critical alert of the same namespace.",
                    },
                },
            ],
        }
    ]


def meta_rules(child: ResourceOptions) -> CustomResource:
    """Declare them for Prometheus to find."""
    return CustomResource(
        "alerting-rules",
        api_version=MONITORING,
        kind="PrometheusRule",
        metadata={"name": "alerting", "namespace": NAMESPACE, "labels": FOUND_BY},
        spec={"groups": meta_rule_groups()},
        opts=child,
    )
