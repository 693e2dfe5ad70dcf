from __future__ import annotations

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import RequestError, UnreachableError
from tests.harness.json_server import JsonServer, Request, Trouble


class Echo:
    """Answers with what it was sent."""

    def answer(self, request: Request) -> tuple[int, object]:
        if request.path == "/absent":
            return 404, {"error": "nothing here"}
        return 200, {"method": request.method, "body": request.body}


def _client(server: JsonServer, attempts: int = 3, timeout: float = 5) -> Client:
    return Client(endpoint=server.url, attempts=attempts, pause=0.01, timeout=timeout)


def test_what_is_absent_is_none_and_no_error() -> None:
    with JsonServer(Echo()) as server:
        assert _client(server).get("/absent") is None
        assert _client(server).get("/there") == {"method": "GET", "body": None}


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(status=429),
        Trouble(status=503),
        Trouble(status=500, body={"status": "INTERNAL_SERVER_ERROR", "message": "Security index not initialized"}),
    ],
)
def test_a_busy_server_is_asked_until_it_answers(trouble: Trouble) -> None:
    with JsonServer(Echo()) as server:
        server.misbehave(2, trouble)
        assert _client(server).request("PUT", "/x", {"a": 1}).body == {"method": "PUT", "body": {"a": 1}}
        assert len(server.log) == 3


def test_a_server_that_stays_busy_is_given_up_with_its_last_words() -> None:
    with JsonServer(Echo()) as server:
        server.misbehave(3, Trouble(status=503, body="OpenSearch Security not initialized."))
        with pytest.raises(
            UnreachableError, match=r"in 3 attempts; the last: 503: OpenSearch Security not initialized"
        ):
            _client(server).get("/x")


def test_a_slow_answer_counts_as_none_and_is_asked_for_again() -> None:
    with JsonServer(Echo()) as server:
        server.misbehave(1, Trouble(delay=0.5))
        assert _client(server, timeout=0.2).get("/x")["method"] == "GET"
        assert len(server.log) == 2


def test_a_refusal_is_not_repeated() -> None:
    with JsonServer(Echo()) as server:
        server.misbehave(1, Trouble(status=403, body={"status": "FORBIDDEN", "message": "no permission"}))
        with pytest.raises(RequestError, match=r"^GET /x answered 403: no permission$"):
            _client(server).get("/x?query=hidden")
        assert len(server.log) == 1


def test_the_deepest_cause_of_a_refusal_is_told() -> None:
    error = {"reason": "failed to create", "caused_by": {"reason": "path not allowed"}}
    with JsonServer(Echo()) as server:
        server.misbehave(1, Trouble(status=500, body={"error": error}))
        with pytest.raises(RequestError, match="failed to create: path not allowed"):
            _client(server).get("/x")


def test_nobody_listening_is_said_with_the_address() -> None:
    with JsonServer(Echo()) as server:
        url, client = server.url, _client(server, attempts=2)
    with pytest.raises(UnreachableError, match=f"GET {url}/x got no answer in 2 attempts; .*Connection refused"):
        client.get("/x")


def test_an_authorization_appears_in_no_message() -> None:
    with JsonServer(Echo()) as server:
        server.misbehave(1, Trouble(status=401, body="Unauthorized"))
        user = _client(server).as_user("someone", "the-password", None)
        with pytest.raises(RequestError) as refused:
            user.get("/x")
    assert "the-password" not in f"{refused.value!r}"
    assert "the-password" not in repr(user)
    assert user.authorization is not None
    assert user.authorization not in f"{user!r}{refused.value!r}"
