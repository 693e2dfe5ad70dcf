"""What the three real stack files ask of a cluster, put before a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness.declare import STACKS
from tests.opensearch_jobs.conftest import number, told_here

if TYPE_CHECKING:
    from tests.harness.opensearch_client import OpenSearch
    from tests.opensearch_jobs.conftest import Run


@pytest.mark.opensearch
@pytest.mark.parametrize("name", STACKS)
def test_what_a_stack_declares_is_accepted_and_stays_as_it_is(name: str, run: Run, cluster: OpenSearch) -> None:
    config = told_here(cluster, name)
    first, second = run(config), run(config)
    assert (first[0], second[0]) == (0, 0)
    assert first[1].splitlines()[-1].endswith(", 0 unchanged, 0 left alone, 0 failed")
    assert second[1].splitlines()[-1].startswith(f"0 created, 0 updated, {number(config)} unchanged")
