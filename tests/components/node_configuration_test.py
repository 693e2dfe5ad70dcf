"""opensearch.yml, judged by a real OpenSearch: it refuses a setting that it does not know."""

from __future__ import annotations

import pytest
import yaml

from tests.harness.opensearch_node import started_node
from tests.harness.rendered import node_settings

pytestmark = pytest.mark.opensearch

PLUGIN_PREFIXES = ("plugins.", "knn.", "s3.")
"""Settings of plugins that the core server lacks."""


def local(settings, folder):
    """Return the settings with what only a pod has replaced: addresses, folders, certificates, founders."""
    core = {key: value for key, value in settings.items() if not key.startswith(PLUGIN_PREFIXES)}
    for key in ("network.publish_host", "http.port", "node.name"):
        core.pop(key)
    return core | {
        "network.host": "127.0.0.1",
        "transport.port": "0",
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "cluster.initial_cluster_manager_nodes": ["Node 1"],
    }


@pytest.mark.parametrize(("stack", "pool"), [("dev", "all"), ("staging", "all"), ("prod", "manager")])
def test_a_real_node_accepts_the_configuration_and_takes_its_zone_from_the_environment(stack, pool, tmp_path):
    settings = node_settings(stack, pool, seeds="127.0.0.1", repository={"path.repo": [str(tmp_path)]})
    with started_node(tmp_path, yaml.safe_dump(local(settings, tmp_path)), {"BALLAST_ZONE": "a-zone"}) as node:
        (found,) = node.ask("GET", "/_nodes")["nodes"].values()
        assert found["attributes"]["zone"] == "a-zone"
        # Its roles are the runner's own, whatever the file says.
        asked = node.ask("GET", "/_cluster/settings?include_defaults=true&flat_settings=true")["defaults"]
        assert asked["cluster.routing.allocation.awareness.attributes"] in ("zone", ["zone"])


def test_a_real_node_refuses_a_setting_that_does_not_exist(tmp_path):
    settings = local(node_settings("dev", "all", seeds="127.0.0.1"), tmp_path) | {
        "cluster.routing.allocation.awarenes.attributes": "zone"
    }
    # The runner closes without a word; that only this one line differs from a node that starts is the evidence.
    with (
        pytest.raises(pytest.fail.Exception, match="did not start"),
        started_node(tmp_path, yaml.safe_dump(settings), {"BALLAST_ZONE": "a"}),
    ):
        pass
