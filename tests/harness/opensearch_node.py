"""One real OpenSearch node, started from a configuration that the program renders."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.harness.opensearch import MAIN, MODULES, base_port, end
from tests.harness.opensearch_client import OpenSearch
from tests.harness.opensearch_jars import java_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

START_SECONDS = 90


@contextlib.contextmanager
def started_node(folder: Path, configuration: str, environment: Mapping[str, str]) -> Iterator[OpenSearch]:
    """Run a node whose opensearch.yml is `configuration`; fails with the node's own words if it does not start."""
    java, class_path = java_command()
    config = folder / "node_1" / "config"
    config.mkdir(parents=True)
    (config / "opensearch.yml").write_text(configuration, encoding="utf-8")
    log = folder / "runner.log"
    with base_port() as port, log.open("w") as output:
        command = [java, "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", class_path, MAIN, "-basePath", str(folder)]
        command += ["-numOfNode", "1", "-baseHttpPort", str(port), "-clusterName", "opensearch"]
        command += ["-moduleTypes", ",".join(MODULES)]
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=folder, env={**os.environ, **environment}
        )
        try:
            node = OpenSearch(f"127.0.0.1:{port + 1}", folder)
            latest = time.monotonic() + START_SECONDS
            while not _answers(node):
                if process.poll() is not None or time.monotonic() > latest:
                    pytest.fail(f"the node did not start:\n{log.read_text()[-20000:]}")
                time.sleep(0.2)
            yield node
        finally:
            end(process)


def _answers(node: OpenSearch) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return node.ask("GET", "/_cluster/health").get("number_of_nodes") == 1
    return False
