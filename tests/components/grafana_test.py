"""What Grafana is made of: one hardened pod, files that nobody changes there, and secrets as files."""

from __future__ import annotations

import json
from functools import cache

import pulumi
import pytest

from components.foundation.images import ImageCatalogue
from components.foundation.keeping import Keeper
from components.observability.grafana.dashboards.facts import Facts
from components.observability.grafana.server import Grafana, GrafanaArgs
from components.settings.secrets import SECRETS
from tests.harness.declare import STACKS, declare, stack_settings

LIMIT_BYTES = 900_000


@cache
def declared(name):
    stack = stack_settings(name)

    def build():
        Grafana(
            "grafana",
            GrafanaArgs(
                settings=stack.grafana,
                image=ImageCatalogue(mirror=None).grafana(stack.grafana.version),
                facts=Facts.of(stack),
                scrape_interval=stack.prometheus.scrape_interval,
                secrets={key: pulumi.Output.secret(f"value of {key}") for key in SECRETS},
                storage_class=stack.cluster.storage_class,
                keeper=Keeper(protect=True),
            ),
        )

    return declare(build)


def pod(name):
    return declared(name).one("StatefulSet", "grafana").inputs["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", STACKS)
def test_it_is_declared(name):
    assert pod(name)["securityContext"]["runAsUser"] == 472
