"""Pools of OpenSearch that hold nothing: nodes of models, and nodes that only coordinate."""

import pytest

MANAGER = "roles: [cluster_manager]\n        nodes: 3"
IDLE = """roles: [{roles}]
        nodes: 2
        cpu: "1"
        memory: 2Gi
        disk: 10Gi
      second:
        """


@pytest.mark.parametrize("roles", ["ml", "coordinating"])
def test_a_pool_that_holds_nothing_stands_beside_the_others(mistakes, roles):
    assert mistakes("prod", (MANAGER, IDLE.format(roles=roles) + MANAGER)) == {}


def test_a_coordinating_node_has_no_other_role(refused):
    changes = [(MANAGER, IDLE.format(roles="coordinating, data") + MANAGER)]
    said = refused("prod", changes, "ballast:opensearch.pools.manager.roles")
    assert "means a node that has none of them" in said
