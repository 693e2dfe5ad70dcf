"""What the three real stack files ask of a cluster, put before a real server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.report import Report
from components.foundation.jobkit.waiting import Deadline
from components.stores.opensearch.desired import configuration
from components.stores.opensearch.jobs.configure import configure
from tests.harness.declare import STACKS, stack_settings
from tests.harness.opensearch import NODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.orders import Orders
    from components.storage.snapshots import SnapshotRepository
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch import OpenSearch


@pytest.mark.opensearch
@pytest.mark.parametrize("name", STACKS)
def test_what_a_stack_declares_is_accepted_and_stays_as_it_is(
    name: str,
    orders: Callable[[dict[str, Any]], Orders],
    search: JsonServer,
    cluster: OpenSearch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack = stack_settings(name)
    # Only the repository is another one: the core server has no S3 plugin, and no bucket is reachable from a test.
    place = {"type": "fs", "settings": {"location": str(cluster.repositories / name)}}
    repository = cast("SnapshotRepository", SimpleNamespace(definition=place))
    desired = configuration("http://unused", len(NODES), stack.opensearch, repository)
    told = orders(desired)
    for user in desired["users"]:
        (told.secrets / user).write_text(f"a long password of {user}")
    endings = []
    for _ in range(2):
        report = Report()
        configure(told, Client(endpoint=search.url, pause=0.01), report, Deadline.after(20, pause=0.05))
        assert report.close() == 0
        endings.append(capsys.readouterr().out.splitlines()[-1])
    assert ", 0 unchanged, 0 left alone, 0 failed" in endings[0]
    assert endings[1].startswith("0 created, 0 updated, ")
