"""How jobs appear at a domain that AWS runs: with a password, and signed where a role is to be handed over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.context import JobContext
from components.foundation.jobkit.errors import JobError
from components.stores.opensearch.jobs import objects
from components.stores.opensearch.jobs.config import ConfigureConfig
from components.stores.opensearch.jobs.program import administrator
from components.stores.opensearch.jobs.signing import SigningClient
from tests.harness.json_server import JsonServer
from tests.harness.s3_server import IDENTITY
from tests.harness.told import told

PLACE = {"type": "s3", "settings": {"bucket": "a", "base_path": "b", "role_arn": "arn:aws:iam::111122223333:role/a"}}


class Domain:
    """A domain that says to nobody what its health is, and keeps what it is given."""

    def __init__(self) -> None:
        self.requests = []

    def answer(self, request):
        self.requests.append(request)
        return (404, {}) if request.method == "GET" else (200, {"nodes": {}})


@pytest.fixture
def domain(monkeypatch):
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    stub = Domain()
    with JsonServer(stub) as server:
        yield stub, server.url


def test_a_job_of_a_domain_logs_in_with_the_administrators_password(tmp_path, domain):
    stub, url = domain
    (tmp_path / "admin").write_text("a password\n")
    config = replace(told(ConfigureConfig, "opensearch-jobs-configure", "dev"), endpoint=url, administrator="admin")
    administrator(JobContext(config, secrets=tmp_path)).get("/")
    assert stub.requests[0].authorization == "Basic YWRtaW46YSBwYXNzd29yZA=="
    with pytest.raises(JobError, match="the password can't be read"):
        administrator(JobContext(config, secrets=tmp_path / "nowhere"))


def test_a_repository_is_registered_by_who_may_hand_over_its_role_and_by_nobody_else(domain):
    stub, url = domain
    admin = Client(endpoint=url, authorization="Basic them", attempts=1)
    assert objects.ensure_repository(admin, SigningClient.of(admin, "eu-central-1"), "snapshots", PLACE) == "created"
    asked = {(request.method, request.path): request.authorization for request in stub.requests}
    signed = asked.pop(("PUT", "/_snapshot/snapshots?verify=false"))
    assert signed.startswith(f"AWS4-HMAC-SHA256 Credential={IDENTITY['AWS_ACCESS_KEY_ID']}/")
    assert "/eu-central-1/es/aws4_request" in signed
    assert asked == {
        ("GET", "/_snapshot/snapshots"): "Basic them",
        ("POST", "/_snapshot/snapshots/_verify"): "Basic them",
    }
    (put,) = [request for request in stub.requests if request.method == "PUT"]
    assert put.body == PLACE


def test_what_is_signed_is_what_is_sent(domain):
    stub, url = domain
    SigningClient(endpoint=url, region="eu-central-1").request("PUT", "/a", {"b": 1})
    SigningClient(endpoint=url, region="eu-central-1").request("PUT", "/a", {"b": 2})
    first, second = (request.authorization.rpartition("Signature=")[2] for request in stub.requests)
    assert len(first) == len(second) == 64
    assert first != second


def test_a_pod_without_a_role_says_so(monkeypatch, domain):
    for name in IDENTITY:
        monkeypatch.delenv(name)
    monkeypatch.setattr("components.stores.opensearch.jobs.signing.Session.get_credentials", lambda _: None)
    with pytest.raises(JobError, match="Look at its service account"):
        SigningClient(endpoint=domain[1], region="eu-central-1").request("PUT", "/a")
