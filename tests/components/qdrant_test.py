"""What is computed for Qdrant: its configuration, its collections, the names in its certificate, its schedules."""

from __future__ import annotations

import json

import pytest
import yaml

from components.settings.quantities import Duration
from components.settings.recovery import cron, kept_sets, snapshot_interval
from components.stores.qdrant import configuration
from components.stores.qdrant.collections import collection_body
from components.stores.qdrant.settings import CollectionSettings, Quantization, shape
from tests.harness.declare import real_stack, stack_settings
from tests.harness.told import rendered


def settings():
    qdrant = stack_settings("prod").qdrant
    assert qdrant is not None
    return qdrant


def node_file():
    return yaml.safe_load(configuration.node_configuration(settings(), "::"))


def test_nothing_is_sent_home_and_nothing_fetched_from_an_address_that_somebody_gives():
    assert node_file()["telemetry_disabled"] is True
    assert node_file()["service"]["enable_snapshot_url_recovery"] is False


def test_peers_too_must_show_the_key_and_every_layer_is_encrypted():
    file = node_file()
    assert file["service"]["enforce_internal_auth"] is True
    assert file["service"]["enable_tls"] is True
    assert file["cluster"]["p2p"]["enable_tls"] is True


def test_metrics_have_a_port_and_a_prefix_of_their_own():
    service = node_file()["service"]
    ports = [service["http_port"], service["grpc_port"], node_file()["cluster"]["p2p"]["port"], service["metrics_port"]]
    assert len(set(ports)) == 4
    assert service["metrics_prefix"] == "qdrant_"


def test_quotas_are_on_below_the_point_where_a_disk_can_not_even_delete():
    quotas = node_file()["storage"]["quotas"]
    assert quotas["enabled"]
    assert quotas["max_disk_usage_percent"] == 85
    assert quotas["max_resident_memory_percent"] == 80


def test_no_key_is_in_the_configuration_and_all_three_are_in_the_secret():
    assert "api_key" not in json.dumps(node_file())
    secret = real_stack("prod").one("Secret", "qdrant-keys-nodes")
    keys = yaml.safe_load(secret.inputs["stringData"]["local.yaml"])["service"]
    assert set(keys) == {"api_key", "alt_api_key", "read_only_api_key"}
    assert len(set(keys.values())) == 3
    assert "stringData" in secret.secret_paths


@pytest.mark.parametrize(("copies", "needed"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3)])
def test_writes_go_on_while_one_node_restarts(copies, needed):
    assert configuration.write_consistency(copies) == needed
    assert copies == 1 or configuration.write_consistency(copies) < copies


def test_a_collection_has_as_many_copies_as_the_stack_file_says_and_compressed_vectors_are_cached():
    body = collection_body(settings().collections["documents"], settings().replication)
    assert body["vectors"] == {"size": 1024, "distance": "Cosine", "memory": "cached"}
    assert (body["shard_number"], body["replication_factor"]) == (6, 2)
    assert body["quantization_config"] == {"scalar": {"type": "int8", "quantile": 0.995, "memory": "cached"}}


@pytest.mark.parametrize("quantization", Quantization)
def test_every_quantization_has_a_form_in_the_api(quantization):
    collection = CollectionSettings.model_validate_json(
        json.dumps(
            {
                "vectors": {"title": {"size": 8, "distance": "dot"}},
                "shards": 1,
                "quantization": quantization,
                "memory": "cold",
            }
        )
    )
    body = collection_body(collection, 1)
    assert body["vectors"] == {"title": {"size": 8, "distance": "Dot", "memory": "cold"}}
    assert list(body.get("quantization_config", {})) == ([] if quantization == "none" else [quantization.value])


def test_sparse_vectors_stand_beside_the_others_or_alone_and_are_part_of_the_shape():
    sparse = {"words": {"modifier": "idf"}, "codes": {"modifier": "none"}}
    given = {"vector": {"size": 8, "distance": "dot"}, "shards": 1}
    dense = CollectionSettings.model_validate_json(json.dumps(given))
    both = CollectionSettings.model_validate_json(json.dumps({**given, "sparseVectors": sparse}))
    assert collection_body(both, 1)["sparse_vectors"] == {"words": {"modifier": "idf"}, "codes": {}}
    assert "sparse_vectors" not in collection_body(dense, 1)
    assert shape(both) == "vector=8/dot sparse=codes:none,words:idf shards=1"
    assert shape(dense) == "vector=8/dot shards=1"
    alone = CollectionSettings.model_validate_json(json.dumps({"shards": 1, "sparseVectors": sparse}))
    assert collection_body(alone, 1)["vectors"] == {}


def test_the_certificate_is_valid_for_the_names_by_which_peers_and_clients_call_a_node():
    names = real_stack("prod").one("Certificate", "qdrant-node").inputs["spec"]["dnsNames"]
    assert {"qdrant.qdrant.svc", "*.qdrant-nodes.qdrant.svc"} <= set(names)
    for peer in rendered(real_stack("prod"), "qdrant-jobs-bootstrap")["peers"]:
        host = peer.removeprefix("https://").rpartition(":")[0]
        assert f"*.{host.partition('.')[2]}" in names


def test_another_node_is_no_new_template():
    template = real_stack("prod").one("StatefulSet", "qdrant").inputs["spec"]["template"]
    assert '"value": "3"' not in json.dumps(template)
    size = real_stack("prod").one("ConfigMap", "qdrant-size")
    assert size.inputs["metadata"]["name"] == "qdrant-size", "a name of Pulumi's making would be a new template"
    assert size.inputs["data"] == {"nodes": "3"}


def test_two_nodes_never_share_a_machine_or_a_zone_before_every_zone_has_one():
    spread = (
        real_stack("prod").one("StatefulSet", "qdrant").inputs["spec"]["template"]["spec"]["topologySpreadConstraints"]
    )
    assert {s["topologyKey"] for s in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert {s["whenUnsatisfiable"] for s in spread} == {"DoNotSchedule"}


def test_jobs_see_the_authority_and_never_a_nodes_key():
    for workload in real_stack("prod").workloads:
        if workload.namespace == "qdrant" and workload.kind in ("Job", "CronJob"):
            assert workload.pod is not None
            tls = [v for v in workload.pod["volumes"] if v["name"] == "tls"]
            assert [s["secret"]["items"] for v in tls for s in v["projected"]["sources"]] == [
                [{"key": "ca.crt", "path": "ca.crt"}]
            ]


@pytest.mark.parametrize(
    ("interval", "offset", "expected"),
    [
        (30 * 60, 0, "*/30 * * * *"),
        (30 * 60, 4, "4-59/30 * * * *"),
        (3 * 3600, 0, "0 */3 * * *"),
        (3 * 3600, 4, "4 */3 * * *"),
        (24 * 3600, 0, "0 0 * * *"),
        (3600, 0, "0 */1 * * *"),
        (4 * 60, 4, "*/4 * * * *"),
    ],
)
def test_intervals_are_written_as_cron_writes_them(interval, offset, expected):
    assert cron(Duration(interval), offset=offset) == expected


def test_at_least_two_sets_are_kept_and_no_more_than_two_days_of_the_frequent_ones():
    recovery = settings().recovery
    days = recovery.retention // 86400
    assert kept_sets(recovery) == 2 * 86400 // snapshot_interval(recovery) + days
    short = recovery.model_copy(update={"recovery_point": Duration(86400), "retention": Duration(86400)})
    assert kept_sets(short) == 3


def test_the_rebalance_makes_as_many_copies_as_each_declared_collection_is_made_for():
    for name in ("staging", "prod"):
        told = rendered(real_stack(name), "qdrant-jobs-rebalance")
        numbers = {"replication_factor": told["replication"], "write_consistency_factor": told["writeConsistency"]}
        collections = rendered(real_stack(name), "qdrant-jobs-configure")["collections"]
        assert told["collections"] == list(collections) != []
        assert all(numbers.items() <= body.items() for body in collections.values())
