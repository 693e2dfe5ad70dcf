"""Names as they stand in the cluster, broken once in a real stack file."""

from __future__ import annotations

import pytest

from components.settings.stores import STORE_KINDS
from components.stores.opensearch.rules import LONGEST_STATEFUL_SET
from components.stores.opensearch.settings import CLUSTER
from components.stores.volumes.rules import VOLUME_PARTS
from tests.harness.declare import STACKS, real_stack

POOL = "      all:\n        roles: [cluster_manager, data, ingest]\n        nodes: 1\n"
ZONES = "zones: [local-a, local-b, local-c]"
KNOWLEDGE = "  ballast:volumes:\n    knowledge:\n"
PLAIN = """      engine: sqlite
      disk: 2Gi
      recovery: {recoveryPoint: 24h, recoveryTime: 8h, retention: 7d}
      snapshots: {volume: {size: 4Gi}}
"""


def zone(length):
    """A zone with which the name of the pool `all` has so many characters."""
    return ZONES, f"zones: [local-a, {'l' * (length - len(f'{CLUSTER}-all-'))}]"


def another(*names):
    given = "".join(f"    {name}:\n{PLAIN}" for name in names)
    return KNOWLEDGE, f"  ballast:volumes:\n{given}    knowledge:\n"


def test_a_stateful_set_may_have_52_characters_and_no_more(mistakes, refused):
    assert mistakes("dev", zone(LONGEST_STATEFUL_SET)) == {}
    said = refused("dev", [zone(LONGEST_STATEFUL_SET + 1)], "ballast:opensearch.pools.all")
    assert "of 53 characters" in said
    assert "1 characters shorter" in said


def test_a_pool_and_its_zone_name_one_stateful_set(refused):
    second = POOL.replace("all:", "all-local:").replace("nodes: 1", "nodes: 0")
    sizes = "        cpu: 500m\n        memory: 2Gi\n        heap: 512Mi\n        disk: 10Gi\n"
    changes = [(ZONES, "zones: [local-a, a]"), ("    pools:\n      all:\n", f"    pools:\n{second}{sizes}      all:\n")]
    said = refused("dev", changes, "ballast:opensearch.pools.all-local")
    assert f"would both be the StatefulSet {CLUSTER}-all-local-a" in said


@pytest.mark.parametrize("part", VOLUME_PARTS)
def test_a_volume_is_not_named_like_a_part_of_another(refused, part):
    said = refused("dev", [another("k", f"k-{part}")], f"ballast:volumes.k-{part}")
    assert f"the {part} of the volume k," in said


@pytest.mark.parametrize("section", [kind.section for kind in STORE_KINDS])
def test_a_volume_is_not_named_like_a_store(refused, section):
    assert f"is named like the store {section}" in refused("dev", [another(section)], f"ballast:volumes.{section}")


def test_a_volume_is_named_after_an_application(refused):
    assert "the application that mounts it" in refused("dev", [another("default")], "ballast:volumes.default")


@pytest.mark.parametrize("name", ["archive", "knowledge-2", "knowledges"])
def test_other_names_are_free(mistakes, name):
    assert mistakes("dev", another(name)) == {}


@pytest.mark.parametrize("stack", STACKS)
def test_the_rules_judge_what_is_rendered(stack):
    names = [
        found.object_name
        for found in real_stack(stack).resources
        if found.type == "kubernetes:apps/v1:StatefulSet" and found.object_name.startswith(f"{CLUSTER}-")
    ]
    parts = {
        found.object_name.removeprefix("volume-knowledge-")
        for found in real_stack(stack).resources
        if found.object_name.startswith("volume-knowledge-")
    }
    assert names
    assert max(map(len, names)) <= LONGEST_STATEFUL_SET
    assert parts
    assert {part for part in parts if not part.startswith(VOLUME_PARTS)} == set()
