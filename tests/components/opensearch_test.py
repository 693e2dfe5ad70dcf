"""What is computed for OpenSearch: sizes, places, schedules, configuration."""

from __future__ import annotations

import itertools

import pytest
import yaml

from components.settings.quantities import Bytes, Duration
from components.stores.opensearch import configuration, schedules, sizing, topology
from components.stores.opensearch.job_configs import OpenSearchJobConfigs
from components.stores.opensearch.jobs.config import ConfigureConfig
from components.stores.opensearch.settings import NodeRole, shards_per_node
from tests.harness.declare import stack_settings
from tests.harness.rendered import node_settings
from tests.harness.told import told

GIB = 2**30


def configured():
    """What the configure job of prod makes true."""
    return told(ConfigureConfig, "opensearch-jobs-configure")


def pool(name, stack="prod"):
    return stack_settings(stack).opensearch.pools[name]


def test_minimum_and_maximum_heap_are_equal():
    assert sizing.java_options(pool("data")).startswith("-Xms4096m -Xmx4096m ")


def test_graphs_may_take_half_of_what_the_heap_leaves():
    limits = sizing.node_limits(pool("data"))
    assert limits["knn.memory.circuit_breaker.limit"] == f"{2 * GIB // 1024}kb"


def test_watermarks_are_free_space_in_falling_order():
    limits = sizing.watermarks(pool("data").disk)
    free = [
        int(limits[f"cluster.routing.allocation.disk.watermark.{step}"].removesuffix("kb")) * 1024
        for step in ("low", "high", "flood_stage")
    ]
    assert free == [15 * GIB, 10 * GIB, 5 * GIB]


def test_a_very_large_disk_is_not_left_idle_for_a_percentage():
    assert (
        sizing.watermarks(Bytes(4096 * GIB))["cluster.routing.allocation.disk.watermark.low"]
        == f"{150 * GIB // 1024}kb"
    )


@pytest.mark.parametrize(("heap", "shards"), [(4 * GIB, 100), (8 * GIB, 200), (GIB // 2, 100), (64 * GIB, 1000)])
def test_a_node_holds_25_shards_for_each_gibibyte_of_heap_but_100_at_least_and_never_more_than_1000(heap, shards):
    assert shards_per_node(Bytes(heap)) == shards


@pytest.mark.parametrize("nodes", range(1, 8))
def test_adding_a_node_never_moves_another(nodes):
    settings = stack_settings("prod").opensearch
    zones = ["a", "b", "c"]

    def pods(count):
        data = settings.pools["data"].model_copy(update={"nodes": count})
        changed = settings.model_copy(update={"pools": {"data": data}})
        return {pod for zonal in topology.zonal_pools("opensearch", changed, zones) for pod in zonal.pods}

    assert pods(nodes) < pods(nodes + 1)
    assert len(pods(nodes)) == nodes


def test_managers_are_spread_so_that_no_zone_holds_a_majority():
    pools = topology.zonal_pools("opensearch", stack_settings("prod").opensearch, ["a", "b", "c"])
    for zone, group in itertools.groupby(
        sorted((p for p in pools if p.is_manager), key=lambda p: p.zone), lambda p: p.zone
    ):
        assert sum(p.replicas for p in group) == 1, zone


@pytest.mark.parametrize(
    ("promised", "interval"),
    [("10m", "5m"), ("30m", "15m"), ("1h", "30m"), ("90m", "30m"), ("2h", "1h"), ("6h", "3h"), ("11h", "4h")],
)
def test_two_snapshots_fit_into_every_recovery_point(promised, interval):
    recovery = stack_settings("prod").opensearch.recovery.model_copy(
        update={"recovery_point": Duration.parse(promised)}
    )
    assert schedules.snapshot_interval(recovery).text == interval


def test_no_snapshot_may_run_into_the_next_one():
    policies = schedules.snapshot_policies(stack_settings("prod").opensearch.recovery, "snapshots")
    assert policies["recent"]["creation"]["time_limit"] == "30m"
    assert policies["recent"]["creation"]["schedule"]["cron"]["expression"] == "*/30 * * * *"
    assert policies["daily"]["deletion"]["condition"] == {"max_age": "30d", "min_count": 1}


def test_a_larger_disk_changes_no_file_and_so_restarts_nothing():
    larger = pool("data").model_copy(update={"disk": Bytes(500 * GIB)})
    assert sizing.node_limits(larger) == sizing.node_limits(pool("data"))
    assert sizing.java_options(larger) == sizing.java_options(pool("data"))


def test_several_zones_are_forced_and_a_single_one_is_not():
    assert len(node_settings("prod", "data")["cluster.routing.allocation.awareness.force.zone.values"]) == 3
    dev = stack_settings("dev")
    lines = node_settings("dev", next(iter(dev.opensearch.pools)))
    assert "cluster.routing.allocation.awareness.force.zone.values" not in lines


def test_three_managers_stand_in_two_zones_and_a_fourth_zone_moves_no_node():
    search = stack_settings("prod").opensearch

    def stands(*zones):
        return {pool.name: pool.replicas for pool in topology.zonal_pools("opensearch", search, zones)}

    assert sum(count for name, count in stands("a", "b").items() if "manager" in name) == 3
    three, four = stands("a", "b", "c"), stands("a", "b", "c", "d")
    assert {name: count for name, count in four.items() if name in three} == three
    assert {count for name, count in four.items() if name not in three} == {0}


def test_security_is_on_everywhere_and_the_administrator_is_not_a_node():
    for name in ("dev", "staging", "prod"):
        for pool_name in stack_settings(name).opensearch.pools:
            lines = node_settings(name, pool_name)
            assert lines["plugins.security.ssl.http.enabled"] is True
            assert "plugins.security.disabled" not in lines
            assert not set(lines["plugins.security.authcz.admin_dn"]) & set(lines["plugins.security.nodes_dn"])


@pytest.mark.parametrize(("role", "written"), [("ml", ["ml"]), ("coordinating", [])])
def test_a_node_of_models_says_so_and_one_that_only_coordinates_has_no_role(role, written):
    stack = stack_settings("prod")
    settings = pool("data").model_copy(update={"roles": (NodeRole(role),)})
    text = configuration.node_configuration(
        "opensearch", settings, seeds="managers", zones=stack.cluster.zones, memory_maps_raised=True, repository={}
    )
    assert yaml.safe_load(text)["node.roles"] == written


def test_the_initial_managers_are_never_in_the_configuration_file():
    assert not [key for key in node_settings("prod", "manager") if "initial" in key]


def test_policies_are_owned_by_a_user_that_exists_and_may_run_them():
    state = configured()
    owner = state.policy_owner
    mapped = [role for role, mapping in state.role_mappings.items() if owner in mapping["users"]]
    assert owner in state.users
    assert set(mapped) <= set(state.roles)
    assert mapped


def test_each_kind_of_index_has_a_template_and_only_expiring_ones_a_policy():
    stack, state = stack_settings("prod"), configured()
    assert set(state.index_templates) == set(stack.opensearch.indexes)
    expiring = {name for name, index in stack.opensearch.indexes.items() if index.delete_after is not None}
    assert set(state.ism_policies) == expiring
    for template in state.index_templates.values():
        assert template["template"]["settings"]["index.number_of_replicas"] == "2"


def _repository():
    from components.settings.bucket import BucketSettings
    from components.stores.opensearch.repositories import s3_repository

    place = stack_settings("prod").opensearch.snapshots.place
    assert isinstance(place, BucketSettings)
    return s3_repository(place)


def test_a_user_for_logs_exists_only_where_something_writes_them():
    stack, state = stack_settings("prod"), configured()
    pools = topology.zonal_pools("opensearch", stack.opensearch, stack.cluster.zones)
    without = OpenSearchJobConfigs("https://opensearch", pools, stack.opensearch).configure(_repository(), None)
    assert set(state.users) - set(without.users) == {"logs"}
    assert set(state.roles) - set(without.roles) == {"ballast_logs"}
    assert state.role_mappings["ballast_logs"]["users"] == ["logs"]
    assert [mapping["users"] for role, mapping in state.role_mappings.items() if "logs" in mapping["users"]] == [
        ["logs"]
    ]


def test_applications_may_not_write_where_data_prepper_writes_logs():
    stack = stack_settings("prod")
    settings = stack.opensearch.model_copy(update={"open_to": ("applications",)})
    pools = topology.zonal_pools("opensearch", settings, stack.cluster.zones)
    state = OpenSearchJobConfigs("https://opensearch", pools, settings).configure(_repository(), stack.data_prepper)
    assert state.roles["ballast_applications"]["index_permissions"][0]["index_patterns"] == ["workflows-*"]


def test_whoever_writes_logs_can_neither_read_nor_delete_nor_reach_other_indexes():
    state = configured()
    role = state.roles["ballast_logs"]
    (rights,) = role["index_permissions"]
    assert rights["index_patterns"] == ["logs-*"]
    actions = [*rights["allowed_actions"], *role["cluster_permissions"]]
    assert not [action for action in actions if "delete" in action or "read" in action or action.endswith(":*")]
    assert not {"*", "indices_all", "crud", "write", "manage", "cluster_all"} & set(actions)


def test_only_the_index_of_logs_has_closed_fields():
    state = configured()
    closed = [name for name, made in state.index_templates.items() if "mappings" in made["template"]]
    assert closed == ["logs"]
    assert state.index_templates["logs"]["template"]["mappings"]["dynamic"] is False
