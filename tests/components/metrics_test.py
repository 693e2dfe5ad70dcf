"""What the metrics part of the stack declares: rights, pods, limits."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from components.observability.operated import awaited
from components.observability.prometheus import operator, scraping
from components.observability.prometheus import server as prometheus
from components.observability.prometheus.configuration import PROMOTED, prometheus_spec, retention_size
from components.observability.prometheus.server import Prometheus
from components.settings.platform_name import PlatformName
from components.settings.quantities import Bytes, Duration
from tests.harness.declare import real_stack, stack_settings
from tests.harness.project import NAMESPACES

SECRETS = {"secrets", "configmaps", "*"}


def spec(name: str) -> dict[str, Any]:
    stack = stack_settings(name)
    return prometheus_spec(stack.prometheus, image="prometheus", environment=name, cluster=stack.cluster)


def rules_of(kind: str, name: str) -> list[dict[str, Any]]:
    return real_stack("prod").one(kind, name).inputs["rules"]


def custom_resource() -> Any:
    (found,) = (r for r in real_stack("prod").of_kind("Prometheus") if "apiVersion" in r.inputs)
    return found


@pytest.mark.parametrize("name", ["prometheus-operator", "kube-state-metrics", "prometheus"])
def test_nothing_of_metrics_reads_secrets_in_the_whole_cluster(name):
    for rule in rules_of("ClusterRole", name):
        assert not SECRETS & {*rule["resources"], *rule["verbs"], *rule["apiGroups"]}, rule
        changing = set(rule["verbs"]) - {"get", "list", "watch"}
        assert not changing or rule["resources"] == ["events"], rule


def test_the_operator_is_told_to_look_only_where_it_may():
    pod = real_stack("prod").one("Deployment", "prometheus-operator").pod
    assert pod is not None
    words = pod["containers"][0]["args"]
    assert next(word for word in words if word.startswith("--namespaces=")).count(",") == len(NAMESPACES) - 1
    assert "--prometheus-instance-namespaces=observability" in words
    assert "--alertmanager-instance-namespaces=observability" in words
    assert not [word for word in words if word.startswith("--kubelet-service")]


def test_containers_that_the_operator_adds_name_all_that_a_quota_asks_for():
    words = operator.arguments([PlatformName("shop")], "reloader")
    sizes = dict(word.split("=") for word in words if word.startswith("--config-reloader-"))
    assert set(sizes) == {
        f"--config-reloader-{what}-{side}" for what in ("cpu", "memory") for side in ("request", "limit")
    }
    assert "0" not in sizes.values()


def test_pods_are_seen_in_every_watched_namespace_and_endpoints_only_at_home():
    prod = real_stack("prod")
    roles = {role.object_name: role for role in prod.of_kind("Role", "ClusterRole") if "prometheus" in role.object_name}
    for namespace in NAMESPACES:
        binding = prod.one("RoleBinding", f"prometheus-{namespace}")
        assert binding.namespace == namespace
        role = roles[binding.inputs["roleRef"]["name"]]
        assert binding.inputs["roleRef"]["kind"] == role.kind
        seen = {resource for rule in role.inputs["rules"] for resource in rule["resources"]}
        assert seen == ({"pods", "services", "endpointslices"} if namespace == "observability" else {"pods"})


def test_up_waits_until_as_many_replicas_as_declared_are_available():
    annotations = custom_resource().inputs["metadata"]["annotations"]
    assert annotations["pulumi.com/waitFor"] == awaited(2)
    assert "{.status.availableReplicas}=2" in awaited(2)
    assert (
        int(annotations["pulumi.com/timeoutSeconds"])
        >= custom_resource().inputs["spec"]["maximumStartupDurationSeconds"]
    )


def test_the_claims_are_those_that_the_operator_makes_and_they_only_grow():
    claims = real_stack("prod").of_kind("PersistentVolumeClaimPatch")
    made = [claim for claim in claims if "prometheus" in claim.object_name]
    assert sorted(r.object_name for r in made) == ["data-prometheus-metrics-0", "data-prometheus-metrics-1"]
    assert all(r.hooks and r.retain_on_delete for r in made)
    resource = custom_resource()
    assert resource.protect
    assert resource.ignore_changes == ("spec.storage",)
    assert set(resource.inputs["spec"]["persistentVolumeClaimRetentionPolicy"].values()) == {"Retain"}


def test_policies_and_the_service_find_the_pods_that_the_operator_makes():
    chosen = real_stack("prod").one("Service", "prometheus").inputs["spec"]["selector"]
    assert chosen == dict(Prometheus.endpoint.pods)
    assert chosen.items() <= custom_resource().inputs["spec"]["podMetadata"]["labels"].items()
    assert (
        real_stack("prod").one("PodDisruptionBudget", "prometheus").inputs["spec"]["selector"]["matchLabels"] == chosen
    )


def test_replicas_never_share_a_machine():
    (rule,) = spec("prod")["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert rule["topologyKey"] == "kubernetes.io/hostname"


def test_what_is_pushed_goes_to_every_replica_by_its_own_name():
    assert prometheus.replica_urls(2) == [
        f"http://prometheus-metrics-{n}.prometheus-operated.observability.svc:9090" for n in (0, 1)
    ]


@pytest.mark.parametrize(("disk", "kept"), [("10Gi", "8192MB"), ("100Gi", "81920MB"), ("1Ti", "838860MB")])
def test_metrics_go_when_four_fifths_of_the_disk_are_used(disk, kept):
    assert retention_size(Bytes.parse(disk)) == kept


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_what_may_come_in_and_be_asked_is_limited(name):
    told, settings = spec(name), stack_settings(name).prometheus
    for limit in ("sampleLimit", "targetLimit", "labelLimit", "labelNameLengthLimit", "labelValueLengthLimit"):
        assert told[limit] > 0
    assert told["bodySizeLimit"] == told["enforcedBodySizeLimit"] == "50MB"
    assert 0 < told["enforcedSampleLimit"] == told["sampleLimit"] < max(settings.series, 20_001)
    assert told["query"]["maxSamples"] * 16 <= settings.memory / 8


def test_few_attributes_of_what_is_pushed_become_labels():
    told = spec("prod")["otlp"]
    assert "promoteAllResourceAttributes" not in told
    assert told["promoteResourceAttributes"] == list(PROMOTED)
    assert len(PROMOTED) < 8


def test_a_target_has_no_longer_than_the_interval():
    stack = stack_settings("dev")
    for interval, timeout in ((5, "5s"), (30, "10s")):
        settings = stack.prometheus.model_copy(update={"scrape_interval": Duration(interval)})
        told = prometheus_spec(settings, image="x", environment="dev", cluster=stack.cluster)
        assert (told["scrapeInterval"], told["scrapeTimeout"]) == (f"{interval}s", timeout)


def test_the_token_goes_only_to_a_kubelet_whom_the_clusters_authority_vouches_for():
    for job in yaml.safe_load(scraping.written()):
        assert job["scheme"] == "https"
        assert job["tls_config"] == {"ca_file": f"{scraping.ACCOUNT_FILES}/ca.crt"}
    jobs = real_stack("prod").one("Secret", "prometheus-jobs")
    reference = custom_resource().inputs["spec"]["additionalScrapeConfigs"]
    assert jobs.inputs["stringData"][reference["key"]] == scraping.written()
