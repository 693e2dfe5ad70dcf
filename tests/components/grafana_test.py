"""What Grafana is made of: one hardened pod, files that nobody changes there, and secrets as files."""

from __future__ import annotations

import itertools
import json
from functools import cache

import pulumi
import pytest

from components.composition.dashboards.catalogue import boards
from components.foundation.data_protection import DataProtection
from components.foundation.images import ImageCatalogue
from components.observability.grafana import ini, paths
from components.observability.grafana.datasources import DataSources
from components.observability.grafana.server import Grafana, GrafanaArgs, identity_provider
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
                image=ImageCatalogue(mirror=None).reference(Grafana.image, stack.grafana.version),
                dashboards=boards(stack),
                sources=DataSources(scrape_interval=stack.prometheus.scrape_interval, loki=stack.loki is not None),
                secrets={key: pulumi.Output.secret(f"value of {key}") for key in SECRETS},
                storage_class=stack.cluster.storage_class.name,
                protection=DataProtection(protected=True),
            ),
        )

    return declare(build)


def pod(name):
    return declared(name).one("StatefulSet", "grafana").inputs["spec"]["template"]["spec"]


def mounts(container):
    return {mount["mountPath"]: mount for mount in container["volumeMounts"]}


@pytest.mark.parametrize("name", STACKS)
def test_it_runs_as_the_images_user_and_writes_only_to_its_volume_and_to_tmp(name):
    spec = pod(name)
    assert spec["securityContext"]["runAsUser"] == 472
    for container in (*spec["initContainers"], *spec["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"]
        writable = {path for path, mount in mounts(container).items() if not mount.get("readOnly")}
        assert writable == {"/var/lib/grafana", "/tmp"}  # noqa: S108 - an emptyDir of this pod alone


@pytest.mark.parametrize("name", STACKS)
def test_no_mount_lies_in_a_read_only_one(name):
    """The container runtime could not make the inner mount's folder there, and the pod would never start."""
    found = mounts(pod(name)["containers"][0])
    for inner, outer in itertools.permutations(found, 2):
        assert not (inner.startswith(f"{outer}/") and found[outer].get("readOnly")), f"{inner} lies in {outer}"


@pytest.mark.parametrize("name", STACKS)
def test_every_file_that_the_configuration_names_is_mounted(name):
    found = mounts(pod(name)["containers"][0])
    sections = ini.sections(stack_settings(name).grafana)
    named = [value for keys in sections.values() for value in keys.values() if "/" in value and "://" not in value]
    files = [value.removeprefix("$__file{").removesuffix("}") for value in named]
    assert len(files) >= 6
    for file in files:
        assert any(file == path or file.startswith(f"{path}/") for path in (*found, paths.DASHBOARDS)), file


def test_secrets_are_files_and_only_those_that_are_needed():
    for name, expected in (("dev", {"admin"}), ("prod", {"admin", "oidc"})):
        spec = pod(name)
        assert {volume["name"] for volume in spec["volumes"] if "secret" in volume} == expected
        for volume in spec["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["items"] == [{"key": "password", "path": "password"}]
        assert not any("valueFrom" in variable for variable in spec["containers"][0]["env"])
    secret = declared("prod").one("Secret", "grafana-admin")
    assert secret.inputs["stringData"] == {"password": "value of grafanaAdminPassword"}
    assert "stringData" in secret.secret_paths
    maps = json.dumps([made.inputs["data"] for made in declared("prod").of_kind("ConfigMap")])
    assert "value of" not in maps


@pytest.mark.parametrize("name", STACKS)
def test_dashboards_lie_in_folders_by_their_names_one_config_map_each(name):
    expected = boards(stack_settings(name))
    made = {one.name: one.inputs["data"] for one in declared(name).of_kind("ConfigMap")}
    for board in expected:
        assert set(made[f"grafana-{board.uid}"]) == {f"{board.uid}.json"}
    found = mounts(pod(name)["containers"][0])
    assert {f"{paths.DASHBOARDS}/{board.folder}" for board in expected} <= set(found)
    home = ini.sections(stack_settings(name).grafana)["dashboards"]["default_home_dashboard_path"]
    assert home in {f"{paths.DASHBOARDS}/{board.folder}/{board.uid}.json" for board in expected}


@pytest.mark.parametrize("name", STACKS)
def test_no_config_map_comes_near_what_kubernetes_takes(name):
    for one in declared(name).of_kind("ConfigMap"):
        assert sum(len(text.encode()) for text in one.inputs["data"].values()) < LIMIT_BYTES, one.name


def test_two_processes_never_share_its_database():
    stateful_set = declared("prod").one("StatefulSet", "grafana")
    assert stateful_set.inputs["spec"]["replicas"] == 1
    (claim,) = stateful_set.inputs["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert stateful_set.inputs["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"


def test_prometheus_asks_it_for_its_metrics():
    (monitor,) = declared("prod").of_kind("PodMonitor")
    (asked,) = monitor.inputs["spec"]["podMetricsEndpoints"]
    assert (asked["port"], asked["path"]) == ("http", "/metrics")


def oidc(**addresses):
    settings = stack_settings("prod").grafana.oidc
    assert settings is not None
    return identity_provider(settings.model_copy(update=addresses))


def test_the_identity_provider_is_reached_on_the_ports_of_its_addresses():
    assert oidc().ports == {"https": 443}
    apart = oidc(token_url="https://login.example.com:8443/token")  # noqa: S106 - an address
    assert sorted(apart.ports.values()) == [443, 8443]
    assert apart.cidrs == ("10.30.32.0/24",)
