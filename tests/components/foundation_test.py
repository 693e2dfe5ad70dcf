"""Foundation: recognising the cluster, growing claims, hardened pods, connections."""

from __future__ import annotations

import json
from functools import cache

import pytest
from pulumi import ResourceHookArgs, RunError
from pulumi_kubernetes.core.v1 import Namespace

from components.foundation.connections import Connection, Endpoint, ExternalEndpoint, ForeignPods
from components.foundation.growth import RECORDED_STATE
from components.foundation.images import Image, ImageCatalogue
from components.foundation.labels import Workload, labels, selector
from components.foundation.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.foundation.pods import hardened_pod
from components.foundation.quota import Quota
from components.settings.footprint import Footprint
from components.settings.platform_name import PlatformName
from components.settings.quantities import Bytes, Millicores
from components.settings.recorded_state import recorded_state
from tests.harness.declare import declare, declare_stack, real_stack, stack_settings


def test_a_cluster_of_another_identity_is_refused_before_anything_is_declared_on_it():
    with pytest.raises(RunError, match=r"identity names cluster .* Nothing was changed"):
        declare_stack(stack_settings("prod"), "prod", identity="99999999-0000-4000-8000-000000000000")


@cache
def elsewhere():
    """Development on a cluster of another identity, with hooks that can be called."""
    return declare_stack(stack_settings("dev"), "dev", identity="99999999-0000-4000-8000-000000000000")


def test_the_local_cluster_may_have_any_identity():
    recording = elsewhere()
    annotations = recording.of_kind("Namespace")[0].inputs["metadata"]["annotations"]
    assert annotations["ballast/cluster"] == "99999999-0000-4000-8000-000000000000"
    assert recording.one("kubernetes", "cluster").inputs["clusterIdentifier"] == "local"


def grown(old, new):
    recording = elsewhere()
    patch = recording.of_kind("PersistentVolumeClaimPatch")[0]

    def inputs(size):
        return {"spec": {"resources": {"requests": {"storage": size}}}}

    hook = recording.hooks[patch.hooks[0]]
    assert hook.opts is not None
    assert hook.opts.on_dry_run, "the refusal must come at preview"
    hook(
        ResourceHookArgs(
            urn=patch.urn, id="id", name=patch.name, type=patch.type, new_inputs=inputs(new), old_inputs=inputs(old)
        )
    )


def test_a_disk_smaller_than_before_is_refused_with_the_key_of_the_stack_file():
    with pytest.raises(
        RunError, match=r"ballast:opensearch\.pools\.\w+\.disk asks for a disk of 5Gi, smaller than the 10Gi"
    ):
        grown("10Gi", "5Gi")


@pytest.mark.parametrize(("old", "new"), [("10Gi", "10Gi"), ("10Gi", "20Gi"), ("1024Mi", "1Gi"), ("900Gi", "1Ti")])
def test_a_disk_as_large_or_larger_is_accepted(old, new):
    grown(old, new)
    with pytest.raises(RunError):
        grown("2Ti", new)


def test_a_step_that_a_store_can_not_follow_is_refused_at_preview():
    recording = real_stack("prod")
    namespace = recording.of_kind("Namespace")[0]
    hook = recording.hooks[namespace.hooks[0]]
    assert hook.opts is not None
    assert hook.opts.on_dry_run, "the refusal must come at preview"
    declared = json.loads(namespace.inputs["metadata"]["annotations"][RECORDED_STATE])
    assert declared == recorded_state(stack_settings("prod"))

    def change(new):
        def inputs(promised):
            return {"metadata": {"annotations": {RECORDED_STATE: json.dumps(promised)}}}

        hook(
            ResourceHookArgs(
                urn="urn", id="id", name="n", type="t", old_inputs=inputs(declared), new_inputs=inputs(new)
            )
        )

    change(declared)
    change({**declared, "opensearch.version": "3.9.0"})
    with pytest.raises(RunError, match=r"(?s)Nothing was changed.*opensearch.version: goes back.*\nballast:qdr"):
        change({**declared, "opensearch.version": "3.7.0", "qdrant.version": "1.21.0"})


def test_nothing_has_been_promised_before_the_first_update():
    namespace = real_stack("prod").of_kind("Namespace")[0]
    hook = real_stack("prod").hooks[namespace.hooks[0]]
    hook(
        ResourceHookArgs(
            urn="urn", id="id", name="n", type="t", old_inputs={"metadata": {}}, new_inputs=namespace.inputs
        )
    )
    assert [n.name for n in real_stack("prod").of_kind("Namespace") if n.hooks] == ["opensearch-namespace"]


@pytest.mark.parametrize(
    ("was", "now"), [("ballast", "eu-ballast"), ("eu-ballast", "ballast"), ("eu-ballast", "us-ballast")]
)
def test_another_prefix_is_refused_at_preview_because_all_namespaces_would_be_others(was, now):
    (provider,) = [one for one in real_stack("dev").resources if one.type == "pulumi:providers:kubernetes"]
    assert provider.inputs["namespace"] == "ballast"
    hook = real_stack("dev").hooks[provider.hooks[0]]
    assert hook.opts is not None
    assert hook.opts.on_dry_run

    def change(old, new):
        hook(ResourceHookArgs(urn="urn", id="id", name="n", type="t", old_inputs=old, new_inputs=new))

    change({"namespace": was, "context": "a"}, {"namespace": was, "context": "b"})
    change(None, {"namespace": now})
    with pytest.raises(RunError, match=r"Nothing was changed.*\nballast:namespacePrefix: changes from"):
        change({"namespace": was}, {"namespace": now})


def test_a_pod_can_not_bring_its_own_security_settings():
    with pytest.raises(ValueError, match="security settings belong to hardened_pod"):
        hardened_pod({"hostNetwork": True, "containers": []}, user=1000)
    with pytest.raises(ValueError, match=r"\['shell'\]"):
        hardened_pod({"containers": [{"name": "shell", "securityContext": {"privileged": True}}]}, user=1000)


APP = Endpoint(name="app", namespace=PlatformName("web"), pods={"app": "web"})
STORE = Endpoint(
    name="store", namespace=PlatformName("opensearch"), pods={"app": "store"}, ports={"https": 9200, "metrics": 9114}
)
OUTSIDE = ExternalEndpoint(name="outside", cidrs=("192.0.2.0/24",), ports={"https": 443})
FOREIGN = ForeignPods(name="visitors", namespaces=("shop",))


def opened(*connections):
    """The policies of these connections."""

    def build():
        namespaces = {PlatformName(name): Namespace(name) for name in ("web", "opensearch", "shop")}
        NetworkPolicies("policies", NetworkPoliciesArgs(connections=connections, namespaces=namespaces))

    recording = declare(build)
    return {policy.object_name: policy for policy in recording.of_kind("NetworkPolicy")}


SHOP = Workload("shop-api", PlatformName("shop"))
"""A workload of a user, of whom the platform knows nothing."""


def test_any_folder_names_its_own_workloads_and_endpoints():
    endpoint = Endpoint.of(SHOP, {"http": 8080}, service="shop")
    assert selector(SHOP).items() <= labels(SHOP).items()
    assert labels(SHOP)["app.kubernetes.io/instance"] == str(endpoint.namespace) == "shop"
    assert endpoint.address("http") == "shop.shop.svc:8080"
    assert Endpoint.of(SHOP, {"http": 8080}).host == "shop-api.shop.svc"
    with pytest.raises(KeyError):
        endpoint.address("https")
    ingress = opened(Connection(APP, endpoint, "http"))["shop-api-ingress"].inputs
    assert ingress["metadata"]["namespace"] == "shop"
    assert ingress["spec"]["podSelector"]["matchLabels"] == selector(SHOP)


def test_both_halves_of_a_connection_name_the_same_port_and_each_other():
    policies = opened(Connection(APP, STORE, "https"))
    egress, ingress = policies["app-egress"].inputs, policies["store-ingress"].inputs
    assert (egress["metadata"]["namespace"], ingress["metadata"]["namespace"]) == ("web", "opensearch")
    assert egress["spec"]["egress"][0]["ports"] == ingress["spec"]["ingress"][0]["ports"] != []
    assert egress["spec"]["egress"][0]["to"][0]["podSelector"] == ingress["spec"]["podSelector"]
    assert ingress["spec"]["ingress"][0]["from"][0]["podSelector"] == egress["spec"]["podSelector"]


def test_an_endpoint_has_one_policy_for_each_direction_with_a_rule_for_each_peer():
    pairs = [(APP, STORE, "https"), (APP, STORE, "metrics"), (APP, OUTSIDE, "https"), (FOREIGN, STORE, "https")]
    policies = opened(*(Connection(*pair) for pair in pairs))
    assert set(policies) == {"app-egress", "store-ingress"}
    egress = policies["app-egress"].inputs["spec"]["egress"]
    assert [[port["port"] for port in rule["ports"]] for rule in egress] == [[9114, 9200], [443]]
    ingress = policies["store-ingress"].inputs["spec"]["ingress"]
    assert [[port["port"] for port in rule["ports"]] for rule in ingress] == [[9114, 9200], [9200]]


def test_a_policy_waits_for_the_namespace_in_which_it_lies():
    policies = opened(Connection(APP, STORE, "https"))
    for name, namespace in (("app-egress", "web"), ("store-ingress", "opensearch")):
        assert [urn.rpartition("::")[2] for urn in policies[name].dependencies] == [namespace]


def test_a_connection_to_a_port_that_the_server_does_not_have_is_an_error():
    with pytest.raises(KeyError, match="grpc"):
        Connection(APP, APP, "grpc")


def test_a_mirror_takes_the_place_of_the_default_registry_only():
    catalogue = ImageCatalogue(mirror="mirror.example:5000/hub/")
    image = Image(name="someone/store", tag="v{version}", registry="quay.example")
    assert catalogue.reference(image, "3.8.0") == "mirror.example:5000/hub/someone/store:v3.8.0"
    assert catalogue.reference(image, "3.8.0", "own.example/store") == "own.example/store:v3.8.0"
    assert ImageCatalogue(mirror=None).reference(image, "3.8.0") == "quay.example/someone/store:v3.8.0"


def test_a_quota_has_room_for_half_again_of_what_is_declared():
    quota = Quota(
        footprints=(Footprint(pods=4, cpu=Millicores(1000), memory=Bytes(2**30), disk=Bytes(10 * 2**30)),),
        claims=(Bytes(5 * 2**30),),
    )
    assert quota.hard()["pods"] == "18"
    assert quota.hard()["requests.cpu"] in ("7", "7000m")
    assert quota.hard()["requests.memory"] == "7Gi"
    assert quota.hard()["requests.storage"] == "90Gi"
