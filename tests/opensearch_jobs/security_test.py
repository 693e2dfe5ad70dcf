"""What the real security plugin makes of the passwords, the rights and the audit log that the program declares."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING

import pytest

from components.stores.opensearch.password_rules import password_of
from components.stores.opensearch.users import METRICS_USER
from tests.opensearch_jobs.conftest import PASSWORDS

if TYPE_CHECKING:
    from components.stores.opensearch.jobs.config import ConfigureConfig
    from tests.harness.opensearch_client import OpenSearch
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch

SAMPLES = {
    "48jE0QCagW9NSV4t": 201,
    "correct-horse-battery": 201,
    "48jE0QCagW9NSV4t-48jE0QCagW9NSV4t-" * 2 + "x" * 32: 201,
    "48jE0QCagW9NSV4t-48jE0QCagW9NSV4t-" * 2 + "x" * 33: 400,
    "dev-admin-48jE0QCagW9NSV4t": 400,
    "48jE0QCagW9NSV4t-ADMIN": 400,
    "48jE0QCagW9NSV4t-nimda": 400,
    "48jE0QCagW9NSV4t-4dm1n": 400,
    "sunshine7": 400,
    "Password-2026": 400,
    "short": 400,
}
"""Passwords of the user `admin`, and what OpenSearch answers to them."""


def header(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(("password", "answer"), SAMPLES.items())
def test_a_password_is_refused_at_preview_just_when_opensearch_refuses_it(
    cluster: OpenSearch, password: str, answer: int
) -> None:
    user = json.dumps({"password": password}).encode()
    status, _ = cluster.send("PUT", "/_plugins/_security/api/internalusers/admin", user)
    assert status == answer
    assert (password_of("admin")(password) is None) == (answer == 201)


def test_the_exporter_may_look_at_everything_that_it_asks_for_and_write_nothing(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    run(config)
    cluster.ask("PUT", "/logs-1/_doc/1", {"text": "one"})
    exporter = header(METRICS_USER, PASSWORDS[METRICS_USER])
    asked = ("/_cluster/health", "/_nodes/stats", "/_alias", "/_all/_stats", "/_snapshot", "/_snapshot/snapshots/_all")
    assert {path: cluster.send("GET", path, None, exporter)[0] for path in asked} == dict.fromkeys(asked, 200)
    assert cluster.send("PUT", "/logs-1/_doc/2", b"{}", exporter)[0] == 403
    assert cluster.send("GET", "/logs-1/_search", None, exporter)[0] == 403


def test_who_is_refused_stands_in_the_nodes_log_without_what_was_sent(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    run(config)
    assert cluster.send("GET", "/_cluster/health", None, header("intruder", "guessed"))[0] == 401
    exporter = header(METRICS_USER, PASSWORDS[METRICS_USER])
    assert cluster.send("PUT", "/logs-1/_doc/2", b'{"text": "a-secret-of-somebody"}', exporter)[0] == 403
    latest = time.monotonic() + 20
    while True:
        written = [path.read_text() for path in cluster.certificate(".").parent.glob("node_*/logs/*.log")]
        said = "\n".join(line for text in written for line in text.splitlines() if "audit_category" in line)
        if "FAILED_LOGIN" in said and "MISSING_PRIVILEGES" in said:
            break
        assert time.monotonic() < latest, f"the audit log says {said!r}"
        time.sleep(0.2)
    assert "intruder" in said
    assert "a-secret-of-somebody" not in said
