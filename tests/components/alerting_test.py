"""Alertmanager as the operator is asked to run it, and the rules that alerting itself needs."""

from __future__ import annotations

from functools import cache

import pulumi
import pytest
import yaml

from components.foundation.data_protection import DataProtection
from components.foundation.images import ImageCatalogue
from components.foundation.labels import selector
from components.observability.alertmanager.receivers import SECRET_OF
from components.observability.alertmanager.server import GOSSIP_PORT, WEB_PORT, WORKLOAD, Alertmanager, AlertmanagerArgs
from components.observability.operated import awaited
from components.settings.secrets import SECRETS
from tests.harness.declare import STACKS, declare, real_stack, stack_settings


@cache
def declared(name):
    stack = stack_settings(name)

    def build():
        Alertmanager(
            "alertmanager",
            AlertmanagerArgs(
                settings=stack.alertmanager,
                environment=name,
                cluster=stack.cluster,
                images=ImageCatalogue(mirror=None),
                secrets={key: pulumi.Output.secret(f"value of {key}") for key in SECRETS},
                protection=DataProtection(protected=True),
            ),
        )

    return declare(build)


def made(name):
    return declared(name).one("Alertmanager", "alerts")


def spec(name):
    return made(name).inputs["spec"]


def files_of_secrets(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("_file"):
                yield inner
            else:
                yield from files_of_secrets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from files_of_secrets(inner)


@pytest.mark.parametrize("name", STACKS)
def test_every_file_that_the_configuration_names_is_mounted_out_of_a_secret_that_has_it(name):
    stack = declared(name)
    configuration = yaml.safe_load(
        stack.one("Secret", "alertmanager-configuration").inputs["stringData"]["alertmanager.yaml"]
    )
    named = set(files_of_secrets(configuration))
    volumes = {volume["name"]: volume["secret"]["secretName"] for volume in spec(name)["volumes"]}
    secrets = {f"{secret.name}-made": secret for secret in stack.of_kind("Secret")}
    present = {
        f"{mount['mountPath']}/{key}"
        for mount in spec(name)["volumeMounts"]
        for key in secrets[volumes[mount["name"]]].inputs["stringData"]
    }
    assert named == present
    assert all(mount["readOnly"] for mount in spec(name)["volumeMounts"])


def test_each_receiver_gets_its_own_secret_and_the_configuration_none():
    stack = declared("prod")
    told = {section: key for section, key in SECRET_OF.items() if getattr(stack_settings("prod").alertmanager, section)}
    assert len(told) == 4
    for section, key in told.items():
        secret = stack.one("Secret", f"alertmanager-{section}-password")
        assert secret.inputs["stringData"] == {"password": f"value of {key}"}
        assert "stringData" in secret.secret_paths
        assert secret.inputs["metadata"]["annotations"]["ballast/purpose"] == SECRETS[key].purpose
    text = stack.one("Secret", "alertmanager-configuration").inputs["stringData"]["alertmanager.yaml"]
    assert "value of" not in text


def test_the_operator_passes_our_configuration_on_and_adds_no_route_to_it():
    given = spec("prod")
    assert given["configSecret"] == "alertmanager-configuration-made"
    assert not {key for key in given if key.startswith("alertmanagerConfig")}


def test_gossip_is_open_both_ways_and_closed_to_other_environments():
    assert Alertmanager.endpoint.port("gossip") == ("TCP", GOSSIP_PORT)
    assert Alertmanager.endpoint.port("gossip-udp") == ("UDP", GOSSIP_PORT)
    assert len({spec(name)["clusterLabel"] for name in STACKS}) == len(STACKS)


def test_replicas_never_share_a_machine_or_a_zone_before_every_zone_has_one():
    given = spec("prod")
    assert given["replicas"] == 3
    own = {"matchLabels": selector(WORKLOAD)}
    apart = given["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart == [{"labelSelector": own, "topologyKey": "kubernetes.io/hostname"}]
    spread = given["topologySpreadConstraints"]
    assert [(s["topologyKey"], s["whenUnsatisfiable"], s["labelSelector"]) for s in spread] == [
        ("topology.kubernetes.io/zone", "DoNotSchedule", own)
    ]
    budget = declared("prod").one("PodDisruptionBudget", "alertmanager").inputs["spec"]
    assert budget == {"maxUnavailable": 1, "selector": own}
    assert selector(WORKLOAD).items() <= given["podMetadata"]["labels"].items()


def test_what_was_silenced_outlives_the_object_and_grows():
    given = spec("prod")
    assert given["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert given["storage"]["volumeClaimTemplate"]["metadata"]["name"] == "data"
    assert made("prod").protect
    assert made("prod").ignore_changes == ("spec.storage",), "the operator would delete the StatefulSet"
    patches = declared("prod").of_kind("PersistentVolumeClaimPatch")
    assert {patch.object_name for patch in patches} == {f"data-alertmanager-alerts-{n}" for n in range(3)}


def test_up_waits_until_the_operator_says_that_it_is_there():
    assert made("prod").inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == awaited(3)


@pytest.mark.parametrize("name", STACKS)
def test_pods_are_restricted_as_far_as_the_object_says(name):
    given = spec(name)
    security = given["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] == security["fsGroup"] == 65534
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert given["automountServiceAccountToken"] is False
    assert given["resources"]["limits"]["memory"] == given["resources"]["requests"]["memory"]


def test_it_is_watched_and_found_under_its_service():
    monitor = declared("prod").one("PodMonitor", "alertmanager-web").inputs["spec"]
    assert monitor["podMetricsEndpoints"][0]["port"] == "web"
    service = declared("prod").one("Service", "alertmanager")
    assert service.inputs["spec"]["ports"] == [{"name": "web", "port": WEB_PORT, "targetPort": "web"}]
    outputs = declared("prod").outputs
    assert {"url": "http://alertmanager.observability.svc:9093"} in outputs.values()


def test_the_rules_that_alerting_needs_are_found_by_prometheus_and_say_what_they_are():
    rule = real_stack("prod").one("PrometheusRule", "alertmanager-rules").inputs
    assert rule["metadata"]["labels"] == {"app.kubernetes.io/part-of": "ballast"}
    rules = {rule.get("alert"): rule for group in rule["spec"]["groups"] for rule in group["rules"]}
    for found in (rules["Watchdog"], rules["InfoInhibitor"]):
        assert found["labels"]["severity"] == "none"
        assert found["annotations"]["summary"]
